"""What the demonstration's councils publish themselves: news, documents, an album of drawings."""

import io
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify
from PIL import Image, ImageDraw

from councils import files
from councils.documents import docx, pdf
from councils.documents.blocks import Document as Printed
from councils.documents.blocks import Points, Section, Text
from councils.models import Album, Council, Document, DocumentVersion, Folder, NewsPost, Photo, StoredFile
from dashboard import demo_work as work
from dashboard.demo_content import WorkingCouncil
from dashboard.demo_work import DemoDocument, DemoNews
from events.models import Event
from neighbourhoods import latvian
from people.models import User

BATCH = 1000
RENDERERS = {"pdf": pdf.render, "docx": docx.render}


class Voice:
    """News and files of one load, with a stream of random numbers of its own."""

    def __init__(self, *, seed: int, now: datetime, coordinator: User):
        self.random = random.Random(f"voice {seed}")  # noqa: S311 - invented data, no secrets
        self.now = now
        self.coordinator = coordinator
        self.printed: dict[tuple[str, int], bytes] = {}

    # news

    def write_news(self, councils: Sequence[tuple[WorkingCouncil, Council]], years: int) -> None:
        """Of each council every two months, of the coordinator three in the last ones, one to come and one unready."""
        posts = []
        for place, (_working, council) in enumerate(councils):
            began = council.terms.order_by("number").values_list("started_on", flat=True)[0]
            for number in range(6 * years):
                at = self.now - timedelta(days=11 + 3 * place + 60 * number, hours=self.random.randint(0, 8))
                if timezone.localdate(at) <= began:
                    break
                posts.append(self.post(work.COUNCIL_NEWS[(number + place) % len(work.COUNCIL_NEWS)], council, at))
        for number, news in enumerate(work.COORDINATOR_NEWS):
            posts.append(self.post(news, None, self.now - timedelta(days=6 + 17 * number, hours=4)))
        first = councils[0][1]
        posts.append(self.post(work.SCHEDULED_NEWS, first, self.now + timedelta(days=20)))
        posts.append(self.post(work.DRAFT_NEWS, first, None))
        NewsPost.objects.bulk_create(posts, batch_size=BATCH)

    def post(self, news: DemoNews, council: Council | None, at: datetime | None) -> NewsPost:
        """As it stands in the table; followers of what is out have been told, so nobody is told now."""
        return NewsPost(
            council=council,
            title=news.title,
            slug=slugify(latvian.fold(news.title))[:80].strip("-"),
            body=news.body,
            published_at=at,
            told_at=at if at and at <= self.now else None,
            changed_at=min(at, self.now) if at else self.now - timedelta(days=1),
            written_by=self.coordinator,
            is_invented=True,
            search_text=latvian.search_text(news.title, news.body),
        )

    # documents

    def file_documents(self, council: Council) -> None:
        folders = {
            name: Folder.objects.create(council=council, name=name)
            for name in dict.fromkeys(wish.folder for wish in work.DOCUMENTS)
        }
        for wish in work.DOCUMENTS:
            row = Document.objects.create(
                council=council,
                folder=folders[wish.folder],
                title=wish.title,
                is_public=wish.is_public,
                is_invented=True,
            )
            for number, note in enumerate(wish.versions, 1):
                added_at = self.now - timedelta(days=30 * (len(wish.versions) - number) + 12)
                DocumentVersion.objects.create(
                    document=row,
                    number=number,
                    file=self.store(f"{wish.title}.{wish.kind}", self.draw(wish, number), added_at),
                    note=note,
                    added_at=added_at,
                    added_by=self.coordinator,
                )

    def draw(self, wish: DemoDocument, version: int) -> bytes:
        """The document as a file; the same for every council, because drawing one takes a third of a second."""
        if (wish.title, version) not in self.printed:
            lines = list(wish.lines[: len(wish.lines) - len(wish.versions) + version])
            self.printed[wish.title, version] = RENDERERS[wish.kind](
                Printed(
                    title=wish.title,
                    kicker=work.INVENTED_LINE,
                    organisation="Iedzīvotāju padome",
                    address="",
                    on=timezone.localdate(self.now),
                    sections=[Section("text", "", [Text([work.INVENTED_LINE], quiet=True), Points(lines)])],
                )
            )
        return self.printed[wish.title, version]

    def store(self, name: str, content: bytes, at: datetime) -> StoredFile:
        return files.store(ContentFile(content, name=name), by=self.coordinator, now=at)

    # pictures

    def hang_album(self) -> None:
        """Drawings in place of photographs: nobody real is to be seen."""
        event = Event.objects.filter(title=work.ALBUM_EVENT, ends_at__lt=self.now).order_by("-starts_at").first()
        if event is None:
            return
        at = event.ends_at + timedelta(days=2)
        album = Album.objects.create(event=event, title=work.ALBUM, published_at=at, is_invented=True)
        for position, (alt, sky, ground) in enumerate(work.PHOTOS, 1):
            file = self.store(f"zimejums-{position}.jpg", self.picture(sky, ground), at)
            Photo.objects.create(album=album, file=file, alt=alt, position=position)

    def picture(self, sky: tuple[int, int, int], ground: tuple[int, int, int]) -> bytes:
        picture = Image.new("RGB", (900, 600), sky)
        brush = ImageDraw.Draw(picture)
        brush.rectangle((0, 400, 900, 600), fill=ground)
        for _tree in range(7):
            x, height = self.random.randint(30, 870), self.random.randint(90, 190)
            brush.rectangle((x - 6, 400 - height // 2, x + 6, 420), fill=(96, 78, 58))
            leaves = (x - height // 3, 400 - height, x + height // 3, 400 - height // 3)
            brush.ellipse(leaves, fill=tuple(part - 22 for part in ground))
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=80)
        return content.getvalue()
