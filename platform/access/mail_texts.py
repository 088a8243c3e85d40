"""What mails about an account say."""

RESET_SUBJECT = "A new password for Plantrace"
CHANGED_SUBJECT = "Your e-mail address on Plantrace was changed"


def reset_text(username: str, link: str) -> str:
    return (
        f"Somebody asked for a new password for {username} on Plantrace. Set it here:\n\n{link}\n\n"
        "The link works once, within a day. If it was not you, ignore this mail; nothing has changed.\n"
    )


def changed_text(username: str) -> str:
    return (
        f"The e-mail address of {username} on Plantrace has been changed; this one gets no more mail.\n\n"
        "If it was not you, somebody else knows your password: ask one of your administrators, or the operators, to "
        "deactivate the account.\n"
    )
