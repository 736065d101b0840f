"""A sentence in each language that a voice is heard with before it is chosen."""

SENTENCES = {
    "ar": "مرحبا، هكذا أبدو في فيلمك.",
    "cs": "Dobrý den, takto budu znít ve vašem filmu.",
    "da": "Hej, sådan lyder jeg i din film.",
    "de": "Guten Tag, so klinge ich in Ihrem Film.",
    "el": "Γεια σας, έτσι θα ακούγομαι στην ταινία σας.",
    "en": "Hello, this is how I will sound in your film.",
    "es": "Hola, así sonaré en tu película.",
    "fi": "Hei, tältä kuulostan elokuvassasi.",
    "fr": "Bonjour, voici comment je parlerai dans votre film.",
    "he": "שלום, כך אשמע בסרט שלך.",
    "hi": "नमस्ते, आपकी फ़िल्म में मेरी आवाज़ ऐसी होगी।",
    "hu": "Jó napot, így fogok hangzani a filmjében.",
    "id": "Halo, beginilah suara saya di film Anda.",
    "it": "Ciao, ecco come parlerò nel tuo film.",
    "ja": "こんにちは、映画ではこのような声で話します。",
    "ko": "안녕하세요, 영화에서 저는 이렇게 말합니다.",
    "nb": "Hei, slik høres jeg ut i filmen din.",
    "nl": "Hallo, zo klink ik in je film.",
    "pl": "Dzień dobry, tak będę brzmieć w twoim filmie.",
    "pt": "Olá, é assim que vou falar no seu filme.",
    "ro": "Bună ziua, așa voi suna în filmul dumneavoastră.",
    "ru": "Здравствуйте, так я буду звучать в вашем фильме.",
    "sv": "Hej, så här låter jag i din film.",
    "th": "สวัสดี นี่คือเสียงของฉันในภาพยนตร์ของคุณ",
    "tr": "Merhaba, filminizde böyle konuşacağım.",
    "uk": "Вітаю, так я звучатиму у вашому фільмі.",
    "vi": "Xin chào, đây là giọng của tôi trong phim của bạn.",
    "zh": "你好，我在您的影片中就是这样说话的。",
}
ALIASES = {"no": "nb", "nn": "nb", "cmn": "zh", "yue": "zh", "iw": "he", "in": "id"}


def preview_sentence(language: str) -> str:
    """Return a sentence in a language given as a BCP 47 tag; digits, which every voice reads, for others."""
    own = language.split("-")[0].lower()
    return SENTENCES.get(ALIASES.get(own, own), "1, 2, 3, 4, 5.")
