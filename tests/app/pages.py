"""What a served page holds: its scripts, and everything it refers to."""

from html.parser import HTMLParser

URLS = {"script": "src", "link": "href", "img": "src", "a": "href"}


class Page(HTMLParser):
    """A page taken apart.

    Attributes:
        inline: the text of every script that runs and stands in the page itself.
        data: the text of every script element that holds data, by id.
        urls: every address the page refers to.
        modules: the addresses of scripts that are modules.
        attributes: the attributes of every element, with its tag.
        text: the text outside of scripts and styles.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.inline: list[str] = []
        self.data: dict[str, str] = {}
        self.urls: list[str] = []
        self.modules: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._script: dict[str, str | None] | None = None
        self._is_style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.attributes.append((tag, attributes))
        url = attributes.get(URLS.get(tag, ""))
        if url is not None:
            self.urls.append(url)
        if tag == "script":
            self._script = attributes
            if attributes.get("type") == "module" and url:
                self.modules.append(url)
        self._is_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if self._is_style:
            return
        if self._script is None:
            self.text += data
        elif self._script.get("type") == "application/json":
            self.data[self._script.get("id") or ""] = data
        elif "src" not in self._script:
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None
        self._is_style = False
