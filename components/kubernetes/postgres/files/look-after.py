#!/usr/bin/env python3
"""Looks after a PostgreSQL cluster beside each instance; only the leader's does anything.

It keeps what Patroni reads from Kubernetes once only (its dynamic configuration) as the stack says, makes roles and databases, and runs base backups into the
archive when they are due. Everything it does may be done again: a new leader begins from the start.

    look-after.py SETTINGS.json ROLES.json
"""
import base64
import datetime
import hashlib
import hmac
import json
import signal
import ssl
import subprocess
import sys
import time
import urllib.request

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

PAUSE_SECONDS = 5
RETRY_BACKUP_SECONDS = 600


def say(text):
    print(text, file=sys.stderr, flush=True)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Keeper:
    def __init__(self, settings):
        self.settings = settings
        self.stanza = False
        self.next_backup = 0.0
        context = ssl.create_default_context(cafile=settings["authority"])
        # Certificates of this cluster's own authority name its services, not the address of one pod.
        context.check_hostname = False
        context.load_cert_chain(settings["certificate"], settings["key"])
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({})
        )

    def connect(self, database="postgres"):
        connection = psycopg2.connect(
            host=self.settings["socket"], user="postgres", dbname=database, connect_timeout=5, application_name="look-after"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            # No statement of ours is ever written to a log: some carry what passwords are verified with.
            cursor.execute("SET log_min_error_statement = 'panic'; SET log_statement = 'none'; SET log_min_duration_statement = -1")
        return connection

    def dynamic(self):
        """Patroni takes this part of its configuration from Kubernetes; a file counts at the first start only."""
        wanted = self.settings["dynamic"]
        url = self.settings["api"] + "/config"
        with self.opener.open(url, timeout=10) as answer:
            current = json.load(answer)
        if current == wanted:
            return
        request = urllib.request.Request(url, json.dumps(wanted).encode(), {"Content-Type": "application/json"}, method="PUT")
        with self.opener.open(request, timeout=10):
            say("the dynamic configuration is as the stack says now")

    def roles(self, connection, databases):
        with connection.cursor() as cursor:
            for database in databases:
                self.owner(cursor, database["name"])
                self.logins(connection, cursor, database)
                self.database(cursor, database)

    def owner(self, cursor, name):
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
            say("made the role %s" % name)

    def logins(self, connection, cursor, database):
        owner = database["name"]
        for login in database["logins"]:
            cursor.execute("SELECT rolpassword, rolcanlogin FROM pg_authid WHERE rolname = %s", (login["user"],))
            found = cursor.fetchone()
            if found is not None and found[1] and verifies(found[0], login["password"]):
                continue
            verifier = psycopg2.extensions.encrypt_password(login["password"], login["user"], connection, "scram-sha-256")
            do = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}" if found is None else "ALTER ROLE {} LOGIN PASSWORD {}")
            cursor.execute(do.format(sql.Identifier(login["user"]), sql.Literal(verifier)))
            cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(owner), sql.Identifier(login["user"])))
            # What either of two generations makes belongs to the owner.
            cursor.execute(sql.SQL("ALTER ROLE {} SET role TO {}").format(sql.Identifier(login["user"]), sql.Identifier(owner)))
            say("the role %s may log in" % login["user"])
        cursor.execute(
            """SELECT member.rolname FROM pg_auth_members
               JOIN pg_roles owner ON owner.oid = roleid JOIN pg_roles member ON member.oid = member
               WHERE owner.rolname = %s AND member.rolcanlogin AND NOT member.rolsuper""",
            (owner,),
        )
        current = {login["user"] for login in database["logins"]}
        for (name,) in cursor.fetchall():
            if name in current:
                continue
            cursor.execute(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(sql.Identifier(name)))
            cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s", (name,))
            say("the role %s may log in no longer" % name)

    def database(self, cursor, database):
        name = database["name"]
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if cursor.fetchone() is not None:
            return
        cursor.execute(
            sql.SQL("CREATE DATABASE {0} OWNER {0} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE {1} LC_CTYPE {1}").format(
                sql.Identifier(name), sql.Literal(database["locale"])
            )
        )
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        say("made the database %s" % name)

    def archive(self):
        now = time.monotonic()
        if now < self.next_backup:
            return
        if not self.stanza:
            if not pgbackrest("stanza-create"):
                self.next_backup = now + 30
                return
            self.stanza = True
        kind = self.due()
        if kind is None:
            self.next_backup = now + 60
            return
        say("a %s backup begins" % kind)
        done = pgbackrest("--type=" + kind, "backup")
        say("the %s backup is %s" % (kind, "done" if done else "to be tried again"))
        self.next_backup = time.monotonic() + (60 if done else RETRY_BACKUP_SECONDS)

    def due(self):
        """The kind of backup that is due, from what the archive has."""
        answer = subprocess.run(["pgbackrest", "--stanza=main", "--output=json", "info"], stdout=subprocess.PIPE, check=True)
        backups = [
            (one["type"], one["timestamp"]["stop"])
            for stanza in json.loads(answer.stdout)
            for one in stanza.get("backup", [])
            if not one.get("error")
        ]
        now = datetime.datetime.now(datetime.timezone.utc).timestamp()
        full = max((stop for kind, stop in backups if kind == "full"), default=0)
        last = max((stop for _, stop in backups), default=0)
        if now - full >= self.settings["fullSeconds"]:
            return "full"
        return "incr" if now - last >= self.settings["incrementalSeconds"] else None

    def turn(self, roles):
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_is_in_recovery()")
                if cursor.fetchone()[0]:
                    self.stanza, self.next_backup = False, 0.0
                    return
            self.dynamic()
            self.roles(connection, read(roles)["databases"])
        finally:
            connection.close()
        self.archive()


def pgbackrest(*arguments):
    return subprocess.run(["pgbackrest", "--stanza=main", *arguments], stdin=subprocess.DEVNULL).returncode == 0


def verifies(verifier, password):
    """Whether a SCRAM verifier (RFC 5803) is that of a password of printable ASCII."""
    try:
        kind, rounds, keys = verifier.split("$")
        iterations, salt = rounds.split(":")
        stored, _ = keys.split(":")
    except (AttributeError, ValueError):
        return False
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(iterations))
    client = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    return kind == "SCRAM-SHA-256" and hmac.compare_digest(hashlib.sha256(client).digest(), base64.b64decode(stored))


def main():
    # The first process of a container hears no signal that it does not ask for.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: sys.exit(0))
    settings, roles = sys.argv[1:3]
    keeper = Keeper(read(settings))
    said = None
    while True:
        try:
            keeper.turn(roles)
            said = None
        except Exception as error:  # the instance starts, stops or hands over; it is asked again
            if str(error) != said:
                say("waiting: %s" % error)
            said = str(error)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
