"""The one way to make a page: templates of this room, every value escaped, every unknown name an error."""

import base64

from jinja2 import Environment, PackageLoader, StrictUndefined


def render_template(name: str, **values: object) -> str:
    """Fill in a template of this room, such as "recording.html"; text values are escaped for HTML."""
    environment = Environment(
        loader=PackageLoader("tacit.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(**values)


def jpeg_uri(jpeg: bytes) -> str:
    """A JPEG as a data URI, so that it lies inside the page."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
