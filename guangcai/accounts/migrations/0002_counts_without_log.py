"""Counted tries are not facts: a table without write-ahead log takes them faster, and a crash may forget them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE accounts_ratewindow SET UNLOGGED", "ALTER TABLE accounts_ratewindow SET LOGGED"),
    ]
