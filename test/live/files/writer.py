"""Writes one row after the other, each in a transaction of its own, and notes each that was acknowledged: writer.py HOST USER NOTES
Its password comes as PGPASSWORD, the authority as PGSSLROOTCERT. Whatever goes wrong, it connects anew and goes on with the next number."""
import sys
import time

import psycopg2

host, user, notes = sys.argv[1:]
dsn = (
    f"host={host} user={user} dbname=ledger sslmode=verify-full connect_timeout=2 tcp_user_timeout=3000 "
    "keepalives_idle=1 keepalives_interval=1 keepalives_count=3 application_name=writer"
)
number = 0
with open(notes, "a", encoding="ascii") as file:
    while True:
        try:
            connection = psycopg2.connect(dsn)
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE IF NOT EXISTS written (number bigint PRIMARY KEY, at timestamptz, text text)")
                cursor.execute("SELECT coalesce(max(number), 0) FROM written")
                number = max(number, cursor.fetchone()[0])
                while True:
                    number += 1
                    cursor.execute("INSERT INTO written VALUES (%s, clock_timestamp(), 'a text in clear')", (number,))
                    file.write(f"{number} {time.time():.3f}\n")
                    file.flush()
        except psycopg2.Error as error:
            print(f"{time.time():.3f} {str(error).strip()}", file=sys.stderr, flush=True)
            time.sleep(0.1)
