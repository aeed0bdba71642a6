"""An OpenID Connect provider for one client: discovery, keys, and the code flow with PKCE. Whoever asks to log in is let in as the person of the query.

oidc-provider.py ADDRESS PORT ISSUER CERTIFICATE KEY CLIENT, the client's secret in CLIENT_SECRET
"""
import base64
import hashlib
import json
import os
import ssl
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlparse

from joserfc import jwt
from joserfc.jwk import RSAKey

address, port, issuer, certificate, key_file, client = sys.argv[1:7]
key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
codes = {}


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value, headers=()):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urlparse(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/.well-known/openid-configuration":
            self.answer(200, {
                "issuer": issuer,
                "authorization_endpoint": issuer + "/authorize",
                "token_endpoint": issuer + "/token",
                "jwks_uri": issuer + "/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "backchannel_logout_supported": True,
                "backchannel_logout_session_supported": True,
            })
        elif url.path == "/keys":
            self.answer(200, {"keys": [key.as_dict(private=False)]})
        elif url.path == "/authorize":
            code = uuid.uuid4().hex
            codes[code] = query
            to = query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"]})
            self.answer(302, {}, [("Location", to)])
        else:
            self.answer(404, {})

    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        known = base64.b64encode(("%s:%s" % (client, os.environ["CLIENT_SECRET"])).encode()).decode()
        if self.headers.get("Authorization") != "Basic " + known:
            return self.answer(401, {"error": "invalid_client"})
        asked = codes.pop(body["code"][0], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(body["code_verifier"][0].encode()).digest()).decode().rstrip("=")
        if asked is None or proof != asked["code_challenge"]:
            return self.answer(400, {"error": "invalid_grant"})
        now = int(time.time())
        claims = {"iss": issuer, "aud": client, "iat": now, "exp": now + 300, "nonce": asked["nonce"], "sid": uuid.uuid4().hex}
        claims.update({"sub": "1", "preferred_username": "anna", "name": "Anna Example"})
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
        self.answer(200, {"access_token": uuid.uuid4().hex, "token_type": "Bearer", "expires_in": 300, "id_token": token})


server = ThreadingHTTPServer((address, int(port)), Provider)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key_file)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
