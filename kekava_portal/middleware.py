from django.http import Http404


class NoNulInAddressMiddleware:
    """No address of the portal holds a NUL, and PostgreSQL takes none in a text it is asked for: not found at once."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path:
            raise Http404
        return self.get_response(request)
