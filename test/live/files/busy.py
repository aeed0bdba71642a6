"""A server whose use of a processor follows a file: as many milliseconds in each tenth of a second as /tmp/load says, none while there is none."""
import http.server
import threading
import time


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def load():
    try:
        with open("/tmp/load") as file:
            return float(file.read()) / 1000
    except (OSError, ValueError):
        return 0.0


threading.Thread(target=http.server.HTTPServer(("", 8000), Health).serve_forever, daemon=True).start()
while True:
    begun = time.thread_time()
    slice_ = load()
    end = time.monotonic() + 0.1
    # Processor time, not time: what others do on this machine changes nothing.
    while time.thread_time() - begun < slice_:
        pass
    time.sleep(max(0.0, end - time.monotonic()))
