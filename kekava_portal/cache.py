"""The cache of production."""

from django_redis.cache import RedisCache as _RedisCache


class RedisCache(_RedisCache):
    """Redis that may be away: `add` then counts as done.

    allauth takes a lock by `add` before it counts attempts and refuses whoever cannot get it, so without Redis nobody
    could log in. Until Redis is back attempts are not counted; a code still ends after three of them.
    """

    def add(self, *args, **kwargs) -> bool:
        return super().add(*args, **kwargs) is not False  # None: no answer, and IGNORE_EXCEPTIONS
