"""What breaks while people work: killed processes, cut connections, lost requests and replies."""
