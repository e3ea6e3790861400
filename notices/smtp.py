"""Django's SMTP backend that also knows whether a message's text was already on its way when the connection broke."""

import smtplib

from django.core.mail.backends.smtp import EmailBackend


class _Watched:
    text_began = False

    def mail(self, *args, **kwargs):
        self.text_began = False
        return super().mail(*args, **kwargs)  # type: ignore[misc]  # smtplib.SMTP is the other base

    def data(self, msg):
        self.text_began = True
        return super().data(msg)  # type: ignore[misc]  # smtplib.SMTP is the other base


class _SMTP(_Watched, smtplib.SMTP):
    pass


class _SMTP_SSL(_Watched, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    connection: _SMTP | _SMTP_SSL | None  # of the class that the property below chooses

    @property
    def connection_class(self):
        return _SMTP_SSL if self.use_ssl else _SMTP

    @property
    def text_began(self) -> bool:
        """Was the text of the message that just failed on its way? Then the server may have taken it."""
        return self.connection is not None and self.connection.text_began

    def send_messages(self, email_messages):
        if self.connection is not None:
            self.connection.text_began = False
        return super().send_messages(email_messages)
