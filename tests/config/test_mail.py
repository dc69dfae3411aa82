"""Mail goes out through the server that the environment names."""

import os
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
SEND = (
    "import django; django.setup();"
    "from django.core.mail import send_mail; send_mail('短信线路停了', '请看一看', None, ['ops@example.cn'])"
)


class MailServer(socketserver.StreamRequestHandler):
    """Takes one letter, as SMTP has it."""

    def handle(self):
        heard = self.server.heard
        self.wfile.write(b"220 here\r\n")
        is_letter = False
        for line in self.rfile:
            heard.append(line.decode().rstrip())
            if is_letter and line != b".\r\n":
                continue
            is_letter = line.upper() == b"DATA\r\n"
            self.wfile.write(b"354 go on\r\n" if is_letter else b"250 taken\r\n")
            if line.upper() == b"QUIT\r\n":
                break


def test_mail_goes_to_the_server_that_is_named(tmp_path):
    with socketserver.TCPServer(("127.0.0.1", 0), MailServer) as server:
        server.heard = []
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        said = {
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "VAR_DIR": str(tmp_path),
            "EMAIL_URL": f"smtp://127.0.0.1:{server.server_address[1]}",
            "EMAIL_SENDER": "desk@litang.example.cn",
        }
        subprocess.run([sys.executable, "-c", SEND], cwd=BASE_DIR, env=os.environ | said, check=True, timeout=60)
        serving.join(10)
    letters = [line for line in server.heard if line.startswith(("mail FROM", "rcpt TO"))]
    assert [line.split(" size=")[0] for line in letters] == [
        "mail FROM:<desk@litang.example.cn>",
        "rcpt TO:<ops@example.cn>",
    ]
