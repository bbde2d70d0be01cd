"""Private characters that stand for masked parts while messages are worked on.

Real logs hold texts such as ``<ok>`` and ``<init>``, so a marker must be something that no log holds: a
character of the private use area, one a kind of part. Whatever of these a log does hold is replaced first.
"""

#: A masked part of any kind: for grouping all kinds are one.
ANY = "\ue000"
#: The kinds, in the order of their private characters; ``str`` is what the merge found to vary.
KINDS = (
    "num", "ip", "id", "path", "time", "hex", "url", "uuid", "mac", "host", "size", "dur", "str", "query",
    "bool", "email",
)  # fmt: skip
CHAR = {kind: chr(0xE001 + number) for number, kind in enumerate(KINDS)}
KIND = {char: kind for kind, char in CHAR.items()}
#: The first character that placeholders of plugins may have, and how many there are for them.
FREE, MANY = "\ue020", 200
FIRST, LAST = ANY, chr(ord(FREE) + MANY - 1)

#: A slash inside the route of a request: it parts words, other slashes do not.
SLASH = "\ue0f1"
#: A quotation mark whose contents must be read, not masked.
QUOTE = "\ue0f2"
#: Stands before a digit that must be kept, until the digit itself is hidden.
GUARD = "\ue0f3"
#: The digits of kept numbers, out of reach of the masks.
DIGIT = tuple(chr(0xE100 + number) for number in range(10))
#: Any of the characters above, as a class of both regex dialects.
PRIVATE = "[\ue000-\ue1ff]"

#: What stands in shapes for a masked part. A shape's own ``<``, ``*`` and ``>`` have blanks around them.
WILD = "<*>"
