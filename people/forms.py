"""Forms of log-in, registration and "my page". allauth's own are taken as they are, but for what a reader sees: labels
instead of placeholders, each password once, a keypad for codes."""

import re

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from neighbourhoods.models import Neighbourhood
from people import operations
from people.models import ContactChannel, Person

CHOOSE_PASSWORD = _("At least 10 characters. Three or four words that only you would put together are good.")


def neighbourhood_choices():
    return Neighbourhood.objects.valid(timezone.localdate()).by_name()


def _choices_of(field):
    """Today's neighbourhoods, asked anew for each form."""
    field.queryset = neighbourhood_choices()


class Plain:
    """Mixed in before a form of allauth: what the page shows."""

    fields: dict[str, forms.Field]
    LABELS = {
        "email": _("E-mail"),
        "login": _("E-mail"),
        "password": _("Password"),
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "code": _("Code"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.LABELS.get(name, field.label)
        for name in ("password", "oldpassword"):
            if name in self.fields:
                self.fields[name].help_text = ""  # the way to a new password stands below the form
        if "password1" in self.fields:
            self.fields["password1"].help_text = CHOOSE_PASSWORD
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {"inputmode": "numeric", "maxlength": 20, "class": "kp-w-time"}


class LoginForm(Plain, allauth_forms.LoginForm):
    def clean(self):
        """Attempts are counted for the account, whoever made them: its owner gets in by a code all the same."""
        try:
            return super().clean()
        except ValidationError as refusal:
            if refusal.code != "too_many_login_attempts":
                raise
            said = _("Too many attempts. Wait a few minutes, or log in with a code at once.")
            raise ValidationError(said, code=refusal.code) from refusal


class NewAddressForm(Plain, allauth_forms.AddEmailForm):
    LABELS = Plain.LABELS | {"email": _("New e-mail")}


class ChangePasswordForm(Plain, allauth_forms.ChangePasswordForm):
    pass


class SetPasswordForm(Plain, allauth_forms.SetPasswordForm):
    LABELS = Plain.LABELS | {"password1": _("Password")}


class ResetPasswordForm(Plain, allauth_forms.ResetPasswordForm):
    pass


class NewPasswordForm(Plain, allauth_forms.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Plain, allauth_forms.ReauthenticateForm):
    pass


class RequestLoginCodeForm(Plain, allauth_forms.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(Plain, allauth_forms.ConfirmLoginCodeForm):
    pass


class ConfirmEmailCodeForm(Plain, allauth_forms.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmPasswordResetCodeForm(Plain, allauth_forms.ConfirmPasswordResetCodeForm):
    pass


class ResidentSignupForm(Plain, allauth_forms.SignupForm):
    """Registration. Without a password one logs in by a mailed code."""

    LABELS = Plain.LABELS | {"password1": _("Password")}
    field_order = ("name", "email", "password1", "neighbourhood")

    name = forms.CharField(
        label=_("First name and surname"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    neighbourhood = forms.ModelChoiceField(
        label=_("My neighbourhood"),
        queryset=Neighbourhood.objects.none(),
        required=False,
        empty_label=_("I will choose later"),
        help_text=_("You will hear of its events by e-mail. You can stop that at any time."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _choices_of(self.fields["neighbourhood"])
        self.fields["password1"].help_text = _(
            "Leave it empty if you want to log in with a code that we send to your e-mail each time. "
            "Otherwise at least 10 characters."
        )

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])

    def try_save(self, request):
        try:
            return super().try_save(request)
        except IntegrityError:  # the same address was registered at this very moment
            self.account_already_exists = True
            return super().try_save(request)

    @transaction.atomic
    def save(self, request):
        return super().save(request)

    def signup(self, request, user):
        """Called by allauth once the user is saved, in the transaction of `save`."""
        now = timezone.now()
        given, family = operations.split_name(self.cleaned_data["name"])
        home = self.cleaned_data["neighbourhood"]
        person = Person.objects.create(
            user=user,
            given_name=given,
            family_name=family,
            home_neighbourhood=home,
            language=translation.get_language(),
            created_at=now,
        )
        if home:
            operations.follow(person=person, neighbourhood=home, now=now)


def clean_name(name):
    """A name fits its columns, and links stay out of the mails that begin with it."""
    name = " ".join(name.split())
    given, family = operations.split_name(name)
    if max(len(given), len(family)) > 100:
        raise ValidationError(_("This name is too long."))
    if re.search(r"://|www\.|[<>@]", name):
        raise ValidationError(_("Write only the name here."))
    return name


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("First name and surname"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Only the coordinator sees it, to reach you when an event is called off at the last moment."),
    )
    language = forms.ChoiceField(label=_("Language of pages and e-mails"), choices=settings.LANGUAGES)
    home_neighbourhood = forms.ModelChoiceField(
        label=_("My neighbourhood"), queryset=Neighbourhood.objects.none(), required=False, empty_label=_("Not chosen")
    )
    follows_home = forms.BooleanField(
        label=_("If I choose another neighbourhood, I follow it"),
        required=False,
        initial=True,
        help_text=_("You will hear of its events by e-mail. You can stop that at any time."),
    )
    wants_news = forms.BooleanField(label=_("News and new events of the neighbourhoods I follow"), required=False)
    wants_reminders = forms.BooleanField(label=_("Reminders before the events I signed up for"), required=False)

    def __init__(self, data=None, *, person):
        phone = person.channels.filter(kind=ContactChannel.Kind.PHONE).values_list("value", flat=True).first()
        names = ("name", "language", "home_neighbourhood", "wants_news", "wants_reminders")
        super().__init__(data, initial={"phone": phone or ""} | {name: getattr(person, name) for name in names})
        _choices_of(self.fields["home_neighbourhood"])

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])

    def clean_phone(self):
        phone = self.cleaned_data["phone"].strip()
        if phone and not re.fullmatch(r"\+?[\d\s()\-]{7,30}", phone):
            raise ValidationError(_("Write the phone number in figures, for example 29 123 456."))
        return phone


class DeleteAccountForm(forms.Form):
    """The last word before an account goes: its password, or a code mailed to who has none."""

    def __init__(self, *args, user, is_right_code=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.is_right_code = user, is_right_code
        if is_right_code is None:
            self.fields["password"] = forms.CharField(
                label=_("Password"),
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )
        else:
            self.fields["code"] = forms.CharField(
                label=_("Code"),
                max_length=20,
                widget=forms.TextInput(
                    attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "kp-w-time"}
                ),
            )

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("The password is not right."))
        return self.cleaned_data["password"]

    def clean_code(self):
        if not self.is_right_code(self.cleaned_data["code"]):
            raise ValidationError(_("The code is not right. Check it and type it again."))
        return self.cleaned_data["code"]
