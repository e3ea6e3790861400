"""Who may do what by the portal-wide roles. Rights in a council stand in `councils.permissions`."""


def can_coordinate(user) -> bool:
    """Run the councils: the panel and everything in it."""
    return user.is_authenticated and user.person.is_coordinator


def can_administer(user) -> bool:
    """Give roles, read the audit log and the Django admin."""
    return user.is_authenticated and user.person.is_administrator
