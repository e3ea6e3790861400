"""What the log must not hold."""

import logging
import re

PERSONAL_LINK = re.compile(r"/(r|a|s|i|v|atbilde|lemumi/sekot|mans/kalendars)/[^/\s\"']+")


class WithoutPersonalLinks(logging.Filter):
    """Blank the key in addresses like /r/<key>/: Django names the address of every refused request, and whoever reads
    the log could act for the person."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = PERSONAL_LINK.sub(r"/\1/…", record.getMessage()), None
        return True
