"""Pages per second on the production server, beside the bare page on the same server, in interleaved rounds."""

import socket
import statistics
import threading
import time
from urllib.parse import urlsplit

CLIENTS = 8  # fewer are often taken by one of the two processes, and then the other one stands idle
SECONDS = 0.8  # so short that a pause of the machine spoils one round of many
ROUNDS = 15


class _Client:
    """A keep-alive connection that costs the machine as little as Python can."""

    def __init__(self, url: str, path: str, cookie: str):
        parts = urlsplit(url)
        self.address = ("127.0.0.1", parts.port)
        cookies = f"Cookie: {cookie}\r\n" if cookie else ""
        self.request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{cookies}\r\n".encode()
        self.done = 0
        self.size = 0

    def run(self, until: float) -> None:
        with socket.create_connection(self.address, timeout=30) as connection:
            buffer = b""
            while time.perf_counter() < until:
                connection.sendall(self.request)
                while (end := buffer.find(b"\r\n\r\n")) < 0:
                    buffer += self._more(connection)
                head = buffer[:end].lower()
                if not head.startswith(b"http/1.1 200"):
                    raise SystemExit(f"The server answered {head[:60]!r} to {self.request[:80]!r}.")
                length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                while len(buffer) < end + 4 + length:
                    buffer += self._more(connection)
                buffer = buffer[end + 4 + length :]
                self.done, self.size = self.done + 1, length

    @staticmethod
    def _more(connection: socket.socket) -> bytes:
        data = connection.recv(1 << 18)
        if not data:
            raise SystemExit("The server hung up.")
        return data


def rate(url: str, path: str, cookie: str = "") -> tuple[float, int]:
    """Pages per second with CLIENTS connections for SECONDS, and the size of the page in bytes."""
    clients = [_Client(url, path, cookie) for _ in range(CLIENTS)]
    began = time.perf_counter()
    threads = [threading.Thread(target=client.run, args=(began + SECONDS,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(client.done for client in clients) / (time.perf_counter() - began), clients[0].size


def measure(targets: dict[str, tuple[str, str, str]], rounds: int = ROUNDS) -> dict[str, tuple[float, int]]:
    """Median pages per second and size of each target (url, path, cookie); the first round warms up."""
    figures: dict[str, list[float]] = {name: [] for name in targets}
    sizes: dict[str, int] = {}
    for turn in range(rounds + 1):
        for name, target in targets.items():
            value, sizes[name] = rate(*target)
            if turn:
                figures[name].append(value)
    return {name: (statistics.median(values), sizes[name]) for name, values in figures.items()}
