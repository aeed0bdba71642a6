"""A person's client and browser: logs in at the identity provider, writes into a room, sends a file, reads both again. Prints what it has as JSON.

matrix-client.py DOMAIN WEB-AUTHORITY LOGIN-AUTHORITY write | read TOKEN ROOM MEDIA | refused
"""
import json
import re
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

domain, web, outside, what = sys.argv[1:5]
homeserver = "https://" + domain
context = ssl.create_default_context(cafile=web)
context.load_verify_locations(outside)


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(Stay, urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({}))


def ask(method, address, body=None, token=None, cookie=None):
    url = address if address.startswith("http") else homeserver + address
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    headers = {}
    if token:
        headers["Authorization"] = "Bearer " + token
    if cookie:
        headers["Cookie"] = cookie
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        answer = opener.open(request, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers, answer.read()


def login():
    _, headers, _ = ask("GET", "/_matrix/client/v3/login/sso/redirect/oidc-login?redirectUrl=https://app.example.ch/")
    cookie = "; ".join(one.split(";")[0] for one in headers.get_all("Set-Cookie"))
    _, headers, _ = ask("GET", headers["Location"])
    back = urllib.parse.urlparse(headers["Location"])
    status, _, page = ask("GET", back.path + "?" + back.query, cookie=cookie)
    found = re.search(r'loginToken=([^"&]+)', page.decode())
    if not found:
        raise SystemExit("expected a login token, got %d: %s" % (status, page[:300]))
    _, _, text = ask("POST", "/_matrix/client/v3/login", {"type": "m.login.token", "token": found.group(1)})
    return json.loads(text)["access_token"]


if what == "refused":
    status, _, _ = ask("POST", "/_matrix/client/v3/register", {"username": "mallory", "password": "p4ssword!"})
    closed = {path: ask("GET", path)[0] for path in ("/_synapse/admin/v1/server_version", "/_synapse/metrics", "/_matrix/federation/v1/version", "/_matrix/key/v2/server")}
    print(json.dumps({"register": status, "closed": sorted(set(closed.values()))}))
elif what == "write":
    token = login()
    _, _, text = ask("POST", "/_matrix/client/v3/createRoom", {"preset": "private_chat"}, token)
    room = json.loads(text)["room_id"]
    place = "/_matrix/client/v3/rooms/" + urllib.parse.quote(room)
    ask("PUT", place + "/send/m.room.message/1", {"msgtype": "m.text", "body": "kept"}, token)
    _, _, text = ask("POST", "/_matrix/media/v3/upload?filename=a.txt", b"the file", token)
    print(json.dumps({"token": token, "room": room, "media": json.loads(text)["content_uri"][len("mxc://"):]}))
else:
    token, room, media = sys.argv[5:8]
    _, _, text = ask("GET", "/_matrix/client/v3/rooms/%s/messages?dir=b&limit=5" % urllib.parse.quote(room), None, token)
    bodies = [event["content"].get("body") for event in json.loads(text).get("chunk", [])]
    _, _, content = ask("GET", "/_matrix/client/v1/media/download/" + media, None, token)
    print(json.dumps({"messages": [body for body in bodies if body], "file": content.decode()}))
