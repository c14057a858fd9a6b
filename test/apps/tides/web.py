"""Answers with the height of the tide, and with which release is answering."""
import math
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = "tide"


class Tide(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        height = 2 + 2 * math.sin(time.time() / 7114)
        body = f"{GREETING} {height:.2f} m, from {os.environ['BERTH_RELEASE']}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = False


server = Server(("0.0.0.0", int(os.environ["PORT"])), Tide)


def stop(*_):
    # shutdown() waits for serve_forever(), which runs in this thread.
    raise SystemExit(0)


signal.signal(signal.SIGTERM, stop)
print("web listens on", os.environ["PORT"], file=sys.stderr)
server.serve_forever()
