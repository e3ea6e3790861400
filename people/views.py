from allauth.account.internal.stagekit import clear_login
from allauth.account.views import RequestLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from neighbourhoods.models import Neighbourhood
from neighbourhoods.requests import form_view
from people import operations
from people.context_processors import SCHEMES
from people.forms import ProfileForm, neighbourhood_choices
from people.middleware import YEAR, remember_language
from people.models import Person


def _next(request, otherwise):
    """Where the form says to go on, when that is a page of this portal."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and target.startswith("/") else otherwise


def form_refused(request, reason=""):
    """A form came without its token. The way back is the page that it stood on, when that is one of this portal."""
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = ""
    return render(request, "403_csrf.html", {"back": back}, status=403)


# The two choices of looks need no token: the pages kept for all visitors hold none, and a log-in cookie is not sent
# along with a form of another site (SameSite), so such a form can change the looks of a page and nothing else.


@login_not_required
@csrf_exempt
@require_POST
def language(request):
    """Choose the language on this device; for somebody logged in also that of the mails."""
    response = redirect(_next(request, "/"))
    chosen = request.POST.get("language")
    if chosen in dict(settings.LANGUAGES):
        remember_language(response, chosen)
        if request.user.is_authenticated:
            operations.choose_language(person=request.user.person, language=chosen)
    return response


@login_not_required
@csrf_exempt
@require_POST
def scheme(request):
    """Choose light or dark colours, or those of the device, on this device."""
    response = redirect(_next(request, "/"))
    chosen = request.POST.get("scheme")
    if chosen in SCHEMES:
        response.set_cookie("krasas", chosen, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response


@form_view
def profile(request):
    person = request.user.person
    form = ProfileForm(request.POST or None, person=person)
    if form.is_bound and form.is_valid():
        operations.change_profile(person=person, now=timezone.now(), **form.cleaned_data)
        with translation.override(person.language):
            messages.success(request, _("Your details are saved."))
        response = redirect("people:profile")
        remember_language(response, person.language)
        return response
    return render(request, "people/profile.html", {"form": form}, status=422 if form.is_bound else 200)


def follows(request):
    """All neighbourhoods, those I follow marked."""
    person = request.user.person
    followed = set(person.follows.values_list("neighbourhood_id", flat=True))
    rows = [(area, area.pk in followed) for area in neighbourhood_choices()]
    return render(request, "people/follows.html", {"rows": rows, "home_id": person.home_neighbourhood_id})


@form_view
def follow(request, slug):
    """Follow by POST. A visitor who pressed the button comes here by GET after the log-in and presses once more."""
    area = get_object_or_404(Neighbourhood.objects.valid(timezone.localdate()), slug=slug)
    person = request.user.person
    if request.method == "POST":
        operations.follow(person=person, neighbourhood=area, now=timezone.now())
        messages.success(
            request, _("You follow the neighbourhood “%(name)s”. Its news will come by e-mail.") % {"name": area}
        )
        return redirect(_next(request, area.get_absolute_url()))
    is_followed = person.follows.filter(neighbourhood=area).exists()
    return render(request, "people/follow.html", {"area": area, "is_followed": is_followed})


@require_http_methods(["GET", "POST"])
def unfollow(request, slug):
    """A GET comes here from the log-in page, when the session ended before the button was pressed: ask again."""
    area = get_object_or_404(Neighbourhood, slug=slug)
    if request.method == "GET":
        return redirect("people:follow", slug)
    operations.unfollow(person=request.user.person, neighbourhood=area)
    messages.success(request, _("You no longer follow the neighbourhood “%(name)s”.") % {"name": area})
    return redirect(_next(request, area.get_absolute_url()))


CHOICES = {
    "news-on": {"wants_news": True},
    "news-off": {"wants_news": False},
    "reminders-on": {"wants_reminders": True},
    "reminders-off": {"wants_reminders": False},
    "all-off": {"wants_news": False, "wants_reminders": False},
}


@login_not_required
@csrf_exempt  # the link itself is the key, and mail programs post to it without a page (RFC 8058)
@never_cache
@form_view
def settings_by_link(request, token):
    """Which mails come, for whoever holds the link in one of them. Looking changes nothing."""
    person = get_object_or_404(Person, settings_token=token, erased_at=None)
    response: HttpResponse
    if request.POST.get("List-Unsubscribe"):  # a mail program, which follows no redirect
        operations.choose_messages(person=person, **CHOICES["all-off"])
        response = HttpResponse(_("Your choice is saved."), content_type="text/plain; charset=utf-8")
    elif request.method == "POST":
        choice = request.POST.get("choice", "")
        if choice in CHOICES:
            operations.choose_messages(person=person, **CHOICES[choice])
            messages.success(request, _("Your choice is saved."))
        response = redirect("people:settings-by-link", token)
    else:
        response = render(request, "people/settings_by_link.html", {"person": person})
    response["X-Robots-Tag"] = "noindex"
    return response


def data(request):
    """What the portal knows about me, and how to make it forget."""
    person = request.user.person
    context = {"person": person, "channels": person.channels.order_by("kind"), "is_officer": bool(person.open_roles)}
    return render(request, "people/data.html", context)


class LogInByCode(RequestLoginCodeView):
    """Asks for a code also where a registration still waits for one.

    Who registers with an address that has an account is told by mail to log in with a code, and opens that link in the
    same browser; allauth would lead back to the page of the registration, for which no code ever comes. Its page of
    registration does the same the other way round.
    """

    def _redirect_to_pending_stage(self, request, stage):
        if stage.login.signup:
            clear_login(request)
            return None
        return super()._redirect_to_pending_stage(request, stage)


request_login_code = LogInByCode.as_view()
