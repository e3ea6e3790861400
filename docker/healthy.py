"""Exit status 0 when this container's web server answers /veseliba/; the container's health check."""

import os
import sys
import urllib.request

host = os.environ["ALLOWED_HOSTS"].split(",")[0]
request = urllib.request.Request("http://127.0.0.1:8000/veseliba/", headers={"Host": host})
with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 - an address of our own
    sys.exit(response.status != 200)
