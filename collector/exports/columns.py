"""What columns are called: the spellings of exports in Polish and English, folded to one form."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

# Within a field the likelier spelling stands first: it wins where a file has several.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "external_id", "id", "post_id", "tweet_id", "status_id", "comment_id", "message_id", "item_id", "review_id", "mention_id",
        "entry_id", "id_str", "guid", "uuid", "uri", "urn", "fullname", "identyfikator", "id_posta", "id_postu", "id_wpisu",
        "id_komentarza", "id_wiadomosci", "id_opinii", "id_wzmianki", "id_tresci", "key", "klucz",
    ),
    "text": (
        "text", "tresc", "full_text", "content", "message", "body", "komentarz", "comment", "wpis", "post", "tweet", "tekst",
        "wiadomosc", "opinia", "review", "recenzja", "post_text", "tweet_text", "comment_text", "review_text", "review_body",
        "message_text", "text_content", "post_content", "content_text", "comment_body", "tresc_wpisu", "tresc_posta", "tresc_postu",
        "tresc_komentarza", "tresc_opinii", "tresc_wiadomosci", "tresc_wzmianki", "tresc_recenzji", "wypowiedz", "wzmianka",
        "mention", "mention_content", "zawartosc", "selftext", "caption", "podpis", "snippet", "fragment", "description", "opis",
        "contents", "status",
    ),
    "title": (
        "title", "tytul", "subject", "temat", "headline", "naglowek", "post_title", "review_title", "tytul_wpisu",
    ),
    "created_at": (
        "created_at", "created", "published_at", "published", "timestamp", "datetime", "date_time", "date", "data", "created_time",
        "created_utc", "creation_date", "creation_time", "date_created", "created_date", "created_on", "publish_date",
        "published_date", "publication_date", "publish_time", "date_published", "pub_date", "pubdate", "posted_at", "posted",
        "posted_on", "post_date", "post_time", "date_posted", "comment_date", "review_date", "tweet_date", "date_of_publication",
        "data_publikacji", "data_dodania", "data_utworzenia", "data_wpisu", "data_posta", "data_komentarza", "data_opinii",
        "data_wystawienia", "data_i_godzina", "data_i_czas", "data_godzina", "data_czas", "opublikowano", "dodano", "utworzono",
        "utworzony", "czas_publikacji", "czas_utworzenia", "znacznik_czasu", "kiedy", "when", "day", "dzien", "ts",
    ),
    "time": (
        "time", "godzina", "czas", "hour", "godz", "time_of_day", "godzina_publikacji",
    ),
    "author_name": (
        "author_name", "display_name", "author", "autor", "full_name", "user_display_name", "imie_i_nazwisko", "nazwa_autora",
        "autor_wpisu", "autor_posta", "autor_komentarza", "autor_opinii", "reviewer", "reviewer_name", "recenzent", "sender",
        "nadawca", "from", "od", "name", "nazwa", "posted_by", "created_by", "imie", "osoba", "commenter", "komentujacy", "creator",
        "owner",
    ),
    "author_handle": (
        "author_handle", "author_username", "screen_name", "username", "user_name", "handle", "nick", "nickname", "login", "user",
        "uzytkownik", "nazwa_uzytkownika", "acct", "user_screen_name", "user_username", "user_handle", "profile", "profil",
        "account", "konto", "pseudonim", "nazwa_konta", "nazwa_profilu",
    ),
    "author_id": (
        "author_id", "user_id", "from_id", "owner_id", "account_id", "profile_id", "uid", "did", "author_fullname", "sender_id",
        "id_autora", "id_uzytkownika", "id_nadawcy", "id_konta", "id_profilu", "autor_id", "uzytkownik_id",
    ),
    "followers": (
        "followers", "followers_count", "follower_count", "author_followers", "user_followers", "author_followers_count",
        "user_followers_count", "number_of_followers", "fans", "fan_count", "subscribers", "subscriber_count", "obserwujacy",
        "liczba_obserwujacych", "obserwujacych", "followersi", "liczba_followersow", "fani", "subskrybenci", "liczba_subskrybentow",
        "obserwatorzy",
    ),
    "url": (
        "url", "link", "permalink", "permalink_url", "post_url", "tweet_url", "comment_url", "source_url", "mention_url", "web_url",
        "href", "adres", "adres_url", "odnosnik", "link_do_posta", "link_do_wpisu", "link_do_komentarza", "url_wpisu",
        "adres_wpisu", "adres_www", "post_link",
    ),
    "lang": (
        "lang", "language", "jezyk", "language_code", "lang_code", "kod_jezyka", "locale", "jezyk_wpisu", "detected_language",
    ),
    "platform": (
        "platform", "platforma", "network", "social_network", "siec", "serwis", "portal", "channel", "kanal", "medium", "source",
        "zrodlo", "source_type", "typ_zrodla", "site", "strona", "domain", "domena", "service",
    ),
    "kind": (
        "kind", "typ", "type", "rodzaj", "item_type", "post_type", "content_type", "message_type", "typ_wpisu", "typ_tresci",
        "rodzaj_wpisu", "rodzaj_tresci",
    ),
    "parent_id": (
        "in_reply_to", "in_reply_to_id", "in_reply_to_status_id", "in_reply_to_status_id_str", "reply_to", "reply_to_id",
        "replied_to", "replied_to_id", "parent", "parent_id", "parent_comment_id", "parent_post_id", "odpowiedz_na",
        "w_odpowiedzi_na", "w_odpowiedzi_do", "rodzic", "id_rodzica", "nadrzedny", "id_nadrzednego", "wpis_nadrzedny",
        "id_wpisu_nadrzednego",
    ),
    "thread_id": (
        "thread_id", "thread", "conversation_id", "conversation", "root_id", "root", "topic_id", "watek", "id_watku", "link_id",
        "rozmowa", "id_rozmowy",
    ),
    "voice": (
        "voice", "glos",
    ),
    "edited_at": (
        "edited_at", "updated_at", "modified_at", "edited", "updated", "data_edycji", "edytowano", "zmieniono", "data_modyfikacji",
        "updated_time",
    ),
    "likes": (
        "likes", "like_count", "likes_count", "favorites", "favorite_count", "favourites_count", "favourites", "reactions",
        "reaction_count", "polubienia", "liczba_polubien", "lajki", "reakcje", "liczba_reakcji", "upvotes", "plusy", "score", "ups",
        "digg_count",
    ),
    "shares": (
        "shares", "share_count", "shares_count", "retweets", "retweet_count", "reposts", "repost_count", "reblogs", "reblogs_count",
        "udostepnienia", "liczba_udostepnien", "podania_dalej",
    ),
    "replies": (
        "replies", "reply_count", "replies_count", "comments", "comment_count", "comments_count", "num_comments",
        "number_of_comments", "odpowiedzi", "liczba_odpowiedzi", "komentarze", "liczba_komentarzy",
    ),
    "views": (
        "views", "view_count", "impressions", "impression_count", "play_count", "wyswietlenia", "liczba_wyswietlen", "odslony",
        "obejrzenia",
    ),
    "reach": (
        "reach", "zasieg", "social_reach", "estimated_reach", "szacowany_zasieg",
    ),
    "stars": (
        "stars", "rating", "star_rating", "ocena", "gwiazdki", "liczba_gwiazdek", "nota",
    ),
}  # fmt: skip
COUNTS = ("likes", "shares", "replies", "views", "reach", "stars")
_RANKS = {spelling: (field, rank) for field, spellings in SPELLINGS.items() for rank, spelling in enumerate(spellings)}
_UTC = re.compile(r"\b(utc|gmt|zulu)\b", re.IGNORECASE)


def fold(name: str) -> str:
    """One form of a word: small letters without diacritics, words joined by `_`, no brackets. "Treść wpisu" → "tresc_wpisu"."""
    name = re.sub(r"[(\[].*?[)\]]", " ", name)
    name = re.sub(r"([a-ząćęłńóśźż0-9])([A-ZĄĆĘŁŃÓŚŹŻ])", r"\1_\2", name).casefold().replace("ł", "l")
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def recognise(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Which columns hold which field, the likeliest first: {"text": (3, 1), …}."""
    found: dict[str, list[tuple[int, int]]] = {}
    for position, name in enumerate(names):
        if (known := _RANKS.get(fold(name))) is not None:
            found.setdefault(known[0], []).append((known[1], position))
    return {field: tuple(position for _, position in sorted(ranked)) for field, ranked in found.items()}


def says_utc(name: str) -> bool:
    """Whether a column's name says that its times are UTC: "Date (UTC)"."""
    return _UTC.search(name.replace("_", " ")) is not None


def known_as(field: str) -> Sequence[str]:
    """The spellings of a field, for messages."""
    return SPELLINGS[field]
