"""The words by which people name a column, a field or a label of a prompts file, in many languages.

A name is cut into its words (`sceneNumber`, `Szenen-Nr.`, `视频提示词`) and each word has a class; what
the name is for follows from the classes together, not from a list of whole names.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a column or a field is for."""

    PROMPT = "prompt"
    NEGATIVE = "negative"
    NUMBER = "number"
    FILE = "file"
    OTHER = "other"
    """A known word that is neither of these: a duration, a title, notes."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Meaning:
    """The role of a name, and how sure it is: the larger the better among names of one role."""

    role: Role
    weight: float = 0.0


_LONGEST_NAME = 60
_MOST_WORDS = 5
_CLASSES = {
    "prompt": "prompt prompts promt promts prompttext aufforderung anweisung consigne invite instruction "
    "instructions instrucción instrucciones instrução istruzione istruzioni indicación промпт промпты промт "
    "промты запрос подсказка 提示词 提示詞 提示 咒语 指令 プロンプト 指示文 呪文 프롬프트 지시문 istem komut "
    "podpowiedź polecenie kehote موجه مطالبة الموجه प्रॉम्प्ट พรอมต์ gợi nhắc perintah",
    "weak": "text texts description descriptions desc descr beschreibung descripción descrição descricao "
    "descrizione texte texto testo описание текст 描述 说明 說明 内容 內容 画面 畫面 説明 描写 文章 本文 "
    "テキスト 설명 내용 텍스트 묘사 açıklama metin opis tekst popis kuvaus beskrivning beskrivelse "
    "omschrijving action visual visuals content handlung وصف الوصف विवरण tả คำอธิบาย deskripsi",
    "motion": "video videos motion movement animation animate animated animating i2v bewegung animazione "
    "movimiento movimento mouvement vidéo animación animação видео движение анимация 视频 視頻 影片 動画 "
    "映像 动作 動作 运镜 運鏡 动态 モーション 동영상 영상 비디오 움직임 모션 hareket ruch pohyb فيديو",
    "image": "image images img picture pictures pic photo photos still stills keyframe bild "
    "bilder foto fotos "
    "imagen imagem immagine изображение картинка фото 图片 圖片 图像 圖像 画像 写真 照片 イメージ 이미지 "
    "사진 그림 görsel resim obraz obrázek zdjęcie afbeelding kuva صورة t2i",
    "file": "file filename files path filepath url uri link href src datei dateiname dateien pfad fichier "
    "chemin archivo ruta arquivo caminho nomefile файл путь 文件 文件名 檔案 檔名 路径 ファイル ファイル名 "
    "파일 파일명 dosya plik soubor bestand fil tiedosto ملف asset",
    "number": "number numbers no nr num n # № nº n° index idx id order pos position seq sequence row nummer "
    "numero número numéro номер 编号 編號 序号 序號 番号 号 號 順番 번호 순번 순서 sıra numara numer číslo "
    "رقم الرقم क्रमांक số stt ลำดับ nomor laufende lfd folge reihenfolge",
    "subject": "scene scenes shot shots clip clips take cut segment part panel page slide beat frame szene "
    "szenen einstellung clipnr plan plano toma escena cena scena inquadratura ripresa scène séquence сцена "
    "кадр шот клип план 场景 場景 镜头 鏡頭 分镜 分鏡 幕 场 シーン カット ショット 場面 장면 씬 샷 컷 클립 "
    "sahne çekim ujęcie scéna záběr kohtaus مشهد المشهد لقطة दृश्य cảnh adegan ฉาก",
    "negative": "negative negatives neg avoid avoiding exclude exclusion unwanted negativ negativer negatif "
    "negativo negatywny negativní negatief negativt негатив негативный исключить избегать 负面 負面 "
    "反向 负向 "
    "ネガティブ 除外 부정 네거티브 제외 vermeiden ausschluss éviter evitar evitare سلبي",
    "setting": "duration dur length seconds secs sec aspect ratio resolution fps model seed size "
    "format dauer "
    "länge sekunden seitenverhältnis auflösung durée duración duração durata segundos proporción "
    "длительность секунды 时长 時長 秒 秒数 比例 尺寸 時間 長さ 길이 시간 초 비율 süre quality",
    "other": "time timing timecode start end camera style notes note comment comments remark remarks title "
    "name status voice voiceover narration narrator vo dialogue dialog speech audio sound music sfx caption "
    "captions subtitle script transition location character characters mood lighting tags "
    "category stil notiz "
    "notizen kommentar bemerkung titel ton musik kamera sprecher titre notas título estilo "
    "cámara nota titolo "
    "название заметки примечание комментарий камера музыка 备注 備註 标题 標題 风格 風格 音乐 音樂 对白 旁白 "
    "台词 备 備考 タイトル セリフ 音楽 メモ ナレーション 비고 제목 대사 음악 başlık not uwagi tytuł",
}
_CLASS_OF = {word: kind for kind, words in _CLASSES.items() for word in words.split()}
_LONGEST_WORD = max(map(len, _CLASS_OF))
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_WORD = re.compile(r"[^\W\d_]+|\d+|[#№]")
_LINKS = ("", "s", "n", "en", "es")
"""What German puts between the parts of a long word."""


def meaning(name: object) -> Meaning:
    """What a column, a field or a label with this name is for."""
    text = unicodedata.normalize("NFKC", str(name)[: _LONGEST_NAME + 1]).strip(" :：*_`\"'\t")
    if not text or len(text) > _LONGEST_NAME or text[0].isdigit() or ":" in text or "=" in text:
        return Meaning(Role.UNKNOWN)
    classes = [kind for word in _words(text) for kind in _kinds(word)]
    if not classes or len(classes) > _MOST_WORDS:
        return Meaning(Role.UNKNOWN)
    there, strangers = set(classes), classes.count("")
    if "negative" in there:
        return Meaning(Role.NEGATIVE, -strangers)
    if "number" in there and not there & {"file", "weak"}:
        return Meaning(Role.NUMBER, 3 - strangers)
    if "prompt" in there or "weak" in there or there == {"motion"}:
        weight = 3.0 if "prompt" in there else 1.0 if "weak" in there else 0.4
        weight += 1.0 if "motion" in there and len(there) > 1 else -2.5 if "image" in there else 0.0
        weight -= 0.75 * strangers + 2.0 * bool(there & {"other", "setting", "number"})
        return Meaning(Role.PROMPT, weight) if weight > 0 or "prompt" in there else Meaning(Role.OTHER)
    if "file" in there:
        return Meaning(Role.FILE, 2 - strangers)
    if "image" in there and there & {"other"}:
        return Meaning(Role.FILE, 1)
    if there <= {"subject", "image", "motion"}:
        return Meaning(Role.NUMBER, 1.5 if "subject" in there else 1)
    return Meaning(Role.OTHER if there & {"other", "setting", "subject", "image"} else Role.UNKNOWN)


def is_setting(name: str) -> bool:
    """Whether a label names a setting of the video (`Duration`, `Aspect ratio`), not what is seen in it."""
    kinds = [
        kind for word in _words(unicodedata.normalize("NFKC", name[:_LONGEST_NAME])) for kind in _kinds(word)
    ]
    return bool(kinds) and set(kinds) == {"setting"}


def names_a_shot(word: str) -> bool:
    """Whether a word may stand before the number of a prompt: `Shot 3`, `Szene 3`, `镜头3`."""
    kinds = {kind for each in _words(unicodedata.normalize("NFKC", word)) for kind in _kinds(each)}
    return bool(kinds) and kinds <= {"subject", "prompt", "image", "motion", "number", "weak"}


def _words(text: str) -> list[str]:
    return [w.casefold() for w in _WORD.findall(_CAMEL.sub(" ", text.replace("_", " "))) if not w.isdigit()]


def _kinds(word: str) -> list[str]:
    """The classes of a word; of each of its parts when it is made of known words; `""` for a stranger."""
    if word in _CLASS_OF:
        return [_CLASS_OF[word]]
    found: list[str] = []
    at = 0
    while at < len(word):
        part = next(
            (
                word[at:end]
                for end in range(min(len(word), at + _LONGEST_WORD), at, -1)
                if _known(word[at:end])
            ),
            None,
        )
        if part is None:
            return [""]
        found.append(_CLASS_OF[part])
        at += len(part)
        if at < len(word):
            at += max(
                (
                    len(link)
                    for link in _LINKS
                    if word.startswith(link, at)
                    and at + len(link) < len(word)
                    and _starts_known(word, at + len(link))
                ),
                default=0,
            )
    return found


def _known(part: str) -> bool:
    # In letters that write whole words with one sign, one sign is enough.
    return part in _CLASS_OF and (len(part) > 2 or ord(part[0]) > 0x2E7F)


def _starts_known(word: str, at: int) -> bool:
    return any(_known(word[at:end]) for end in range(at + 1, min(len(word), at + _LONGEST_WORD) + 1))
