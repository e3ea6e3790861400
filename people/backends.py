from allauth.account import auth_backends

from people.models import User


class AuthenticationBackend(auth_backends.AuthenticationBackend):
    """allauth's, which loads the person together with the account: every page of somebody logged in asks for both."""

    def get_user(self, user_id):
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
