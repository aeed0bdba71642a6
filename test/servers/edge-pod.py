"""A pod behind the edge: says who it is and what it was asked. Arguments: address, port, name, folder."""
import http.server, json, os, sys, time

address, port, name, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


class Pod(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/health":
            with open(f"{folder}/{name}.checks", "a") as checks:
                checks.write(".")
            return self.answer(500 if os.path.exists(f"{folder}/{name}.sick") else 200, b"")
        if self.path == "/long":
            return self.long()
        if self.path == "/wait":
            while not os.path.exists(f"{folder}/{name}.go"):
                time.sleep(0.02)
        self.answer(200, json.dumps({"name": name, "path": self.path, "headers": dict(self.headers)}).encode())

    def do_POST(self):
        left = int(self.headers.get("Content-Length", "0"))
        while left > 0:
            left -= len(self.rfile.read(min(left, 65536)))
        self.do_GET()

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def long(self):
        """Sends a megabyte, and the second one only once it is told to."""
        half = b"x" * 1_000_000
        self.send_response(200)
        self.send_header("Content-Length", str(2 * len(half)))
        self.end_headers()
        self.wfile.write(half)
        self.wfile.flush()
        while not os.path.exists(f"{folder}/{name}.go"):
            time.sleep(0.02)
        self.wfile.write(half)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer.request_queue_size = 128
http.server.ThreadingHTTPServer((address, port), Pod).serve_forever()
