from guangcai.cli.main import main

main()
