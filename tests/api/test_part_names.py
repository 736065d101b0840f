"""Names of files in forms, as clients write them."""

from email.message import Message

import pytest
from python_multipart.multipart import parse_options_header

from rushes.api.part_names import file_name

NAME = "图片1.jpg"
UMLAUT = "Größe 1.jpg"
WAYS: dict[str, tuple[bytes, str]] = {
    "plain": (b'filename="1.jpg"', "1.jpg"),
    "a token": (b"filename=1.jpg", "1.jpg"),
    "UTF-8": (f'filename="{NAME}"'.encode(), NAME),
    "UTF-8, a token": (f"filename={NAME}".encode(), NAME),
    "RFC 5987": (b"filename*=UTF-8''%E5%9B%BE%E7%89%871.jpg", NAME),
    "RFC 5987 in quotes": (b"filename*=\"utf-8''%E5%9B%BE%E7%89%871.jpg\"", NAME),
    "RFC 5987 with a language": (b"filename*=utf-8'zh-CN'%E5%9B%BE%E7%89%871.jpg", NAME),
    "RFC 5987, Latin-1": (b"filename*=iso-8859-1''Gr%F6%DFe%201.jpg", UMLAUT),
    "RFC 5987, GBK": (b"filename*=GBK''%CD%BC%C6%AC1.jpg", NAME),
    "RFC 5987 beside a plain name": (
        b"filename=\"__1.jpg\"; filename*=UTF-8''%E5%9B%BE%E7%89%871.jpg",
        NAME,
    ),
    "RFC 5987 first": (b"filename*=UTF-8''%E5%9B%BE%E7%89%871.jpg; filename=\"__1.jpg\"", NAME),
    "RFC 5987 of an encoding that is none": (b"filename=\"1.jpg\"; filename*=klingon''%E5.jpg", "1.jpg"),
    "RFC 2231 in pieces": (b"filename*0*=UTF-8''%E5%9B%BE; filename*1*=%E7%89%87; filename*2=1.jpg", NAME),
    ".NET": (
        b"filename=\"=?utf-8?B?5Zu+54mHMS5qcGc=?=\"; filename*=utf-8''%E5%9B%BE%E7%89%871.jpg",
        NAME,
    ),
    ".NET Framework": (b'filename="=?utf-8?B?5Zu+54mHMS5qcGc=?="', NAME),
    "an encoded word without quotes": (b"filename==?utf-8?B?5Zu+54mHMS5qcGc=?=", NAME),
    "JavaMail's encoded word": (b'filename="=?UTF-8?Q?=E5=9B=BE=E7=89=871.jpg?="', NAME),
    "two encoded words": (b'filename="=?UTF-8?B?5Zu+?= =?UTF-8?B?54mHMS5qcGc=?="', NAME),
    "an encoded word in GBK": (b'filename="=?GBK?B?zbzGrDEuanBn?="', NAME),
    "percent signs": (b'filename="%E5%9B%BE%E7%89%871.jpg"', NAME),
    "character references": (b'filename="&#22270;&#29255;1.jpg"', NAME),
    "GBK": (b'filename="' + "图片测试1.jpg".encode("gbk") + b'"', "图片测试1.jpg"),
    "Shift-JIS": (b'filename="' + "場面の写真1.jpg".encode("cp932") + b'"', "場面の写真1.jpg"),
    "EUC-KR": (b'filename="' + "장면사진1.jpg".encode("euc_kr") + b'"', "장면사진1.jpg"),
    "Latin-1": (b'filename="' + UMLAUT.encode("latin-1") + b'"', UMLAUT),
    "a quote as a browser writes it": (b'filename="a%22b 1.jpg"', 'a"b 1.jpg'),
    "a quote behind a backslash": (b'filename="a\\"b 1.jpg"', 'a"b 1.jpg'),
    "a percent sign of its own": (b'filename="100% fox.jpg"', "100% fox.jpg"),
    "what looks like a percent sign's": (b'filename="a%41b.jpg"', "a%41b.jpg"),
}


def given(header: bytes) -> str | None:
    """The name, as a form with this header is read."""
    disposition = b"form-data; name=images; " + header
    _, options = parse_options_header(disposition.decode("latin-1"))
    return file_name(disposition.decode("latin-1"), options.get(b"filename"))


@pytest.mark.parametrize("way", WAYS)
def test_a_name_is_read_in_every_way_that_clients_write_it(way: str) -> None:
    header, name = WAYS[way]
    assert given(header) == name


@pytest.mark.parametrize("name", [NAME, UMLAUT, "сцена 1.jpg", "シーン1.jpg", "😀 1.jpg"])
def test_a_name_that_python_writes_is_read(name: str) -> None:
    message = Message()
    message.add_header("Content-Disposition", "form-data", filename=("utf-8", "", name))
    assert given(message["Content-Disposition"].partition("; ")[2].encode("latin-1")) == name


def test_a_part_without_a_name_is_no_file() -> None:
    assert file_name("form-data; name=a", None) is None
    assert file_name('form-data; name=a; filename=""', b"") == ""
