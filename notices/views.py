from functools import wraps

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notices import mailbox as folder

MAILS_ON_A_PAGE = 50
MAIL_POLICY = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "img-src": ["data:"], "base-uri": [NONE]}
MAIL_POLICY["frame-ancestors"] = [SELF]


def of_the_mailbox(view):
    """A page of the embedded mode's mailbox: open to everybody there, and nowhere else."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not folder.is_used():
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(never_cache(require_safe(guarded)))


def _mail_or_404(name: str) -> folder.StoredMail:
    mail = folder.find(name)
    if mail is None:
        raise Http404
    return mail


@of_the_mailbox
def mailbox(request: HttpRequest) -> HttpResponse:
    page = Paginator(folder.stored(), MAILS_ON_A_PAGE).get_page(request.GET.get("lapa"))
    return render(request, "notices/mailbox.html", {"page_obj": page})


@of_the_mailbox
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its type knows no arguments from the address
def mailbox_message(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "notices/mailbox_message.html", {"mail": _mail_or_404(name)})


@of_the_mailbox
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # as above
def mailbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail program shows it: its own styles, no scripts, links that open in the whole window."""
    mail = _mail_or_404(name)
    return HttpResponse(mail.html.replace("<head>", '<head><base target="_top">', 1))


@of_the_mailbox
def mailbox_file(request: HttpRequest, name: str, number: int) -> HttpResponse:
    attachments = _mail_or_404(name).attachments
    if not 1 <= number <= len(attachments):
        raise Http404
    file_name, part = attachments[number - 1]
    response = HttpResponse(part.get_payload(decode=True), content_type=str(part["Content-Type"]))
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name)
    return response
