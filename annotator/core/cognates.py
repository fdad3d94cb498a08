"""Words of which names of parties, armies and offices are made, in English, Arabic, Kurmanji and Turkish.

Written for this program. It lets “Syrian Democratic Forces” and “قوات سوريا الديمقراطية” be proposed as one actor, and
“QSD” as the initials of both. It decides nothing: a person does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from annotator.core.text import fold

LANGUAGES = ("English", "Arabic", "Kurmanji", "Turkish")

#: One meaning a line; languages by ``|``, in their order; forms of a word by blanks, the usual one first.
_TABLE = """
administration | ادارة | rêveberiya rêveberî | yönetimi yönetim
affairs | شؤون | karên | işleri
agency | وكالة | ajansa ajans | ajansı ajans
alliance | تحالف | hevpeymana | ittifakı
america american | امريكا امريكية | amerîka | amerika amerikan
arab | عرب عربية عربي | ereb erebî | arap
army | جيش | artêşa artêş | ordusu ordu
assembly | مجلس | meclîsa | meclisi
autonomous | ذاتية | xweser xweseriya | özerk
brigade brigades | لواء الوية | lîwaya | tugayı
coalition | تحالف ائتلاف | koalîsyona | koalisyonu koalisyon
committee | لجنة | komîteya komîte | komitesi komite
council | مجلس | meclîsa encumena | konseyi meclisi
defence defense | دفاع | parastina | savunma
democratic | ديمقراطية ديمقراطي ديموقراطية | demokratîk | demokratik
east eastern | شرق شرقية | rojhilatê rojhilat | doğu
european | اوروبي اوروبية | ewropa | avrupa
federation | اتحاد | federasyona | federasyonu
force forces | قوات قوة | hêzên hêz | güçleri kuvvetleri
foreign | خارجية | derve | dışişleri
free | حر حرة | azad | özgür
front | جبهة | eniya | cephesi
global | دولي عالمي | gerdûnî | küresel
government | حكومة | hikûmeta | hükümeti
guard guards | حرس | pasdaran | muhafızları
human | انسان | mirov mirovan | insan
interior | داخلية | navxweyî | içişleri
internal | داخلي داخلية | hundirîn | iç
international | دولي دولية | navneteweyî | uluslararası
iran iranian | ايران ايرانية ايراني | îran îranê | iran
iraq iraqi | عراق عراقي عراقية | iraq iraqê | irak
islamic | اسلامية اسلامي | îslamî | islam islami
israel israeli | اسرائيل اسرائيلي | îsraîl | israil
kurdish | كردي كردية | kurd kurdî | kürt
kurdistan | كردستان كوردستان | kurdistan kurdistanê | kürdistan
liberation | تحرير | rizgariya | kurtuluş
ministry | وزارة | wezareta | bakanlığı
movement | حركة | tevgera | hareketi
national | وطني وطنية قومي | neteweyî niştimanî | ulusal millî
nations | امم | neteweyên | milletler
north northern | شمال شمالي | bakur bakurê | kuzey
observatory | مرصد | çavdêriya | gözlemevi
office | مكتب | nivîsgeha | ofisi
organisation organization | منظمة | rêxistina | örgütü
party | حزب | partiya | partisi
patriotic | وطني | niştimanperwer | yurtsever
people peoples | شعب شعبي | gel | halk
protection | حماية | parastina | koruma savunma
red | احمر | sor | kızıl
republic | جمهورية | komara | cumhuriyeti
resistance | مقاومة | berxwedana | direniş
revolutionary revolution | ثورة ثوري ثورية | şoreşa şoreşger | devrim devrimci
rights | حقوق | mafên | hakları
russia russian | روسيا روسي روسية | rûsya | rusya
salvation | انقاذ | rizgarî | kurtuluş
security | امن | ewlehî asayîşa | güvenlik
self | ذاتية | xweser | öz
south southern | جنوب جنوبي | başûr | güney
state | دولة | dewleta | devleti
syria syrian | سوريا سورية سوري | sûriya sûriyê sûrî | suriye
turkey turkish türkiye | تركيا تركي تركية | tirkiye tirk | türkiye türk
ukraine ukrainian | اوكرانيا | ukrayna | ukrayna
union | اتحاد | yekîtiya yekîtî | birliği birlik
unit units | وحدات وحدة | yekîneyên | birlikleri
united | متحدة متحد | yekbûyî | birleşmiş birleşik
west western | غرب غربي | rojava | batı
women womens | مراة نساء | jin jinan | kadın
workers | عمال | karkerên | işçi işçileri
youth | شباب | ciwanên | gençlik
"""


@lru_cache(maxsize=1)
def meanings() -> Mapping[str, frozenset[int]]:
    """For each folded word the meanings that it can have, as numbers of lines."""
    found: dict[str, set[int]] = {}
    for number, languages in enumerate(_rows()):
        for words in languages:
            for word in words:
                found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@lru_cache(maxsize=1)
def initials() -> tuple[tuple[str, ...], ...]:
    """For each meaning the first letter of its usual word in each language."""
    return tuple(tuple(words[0][0] for words in languages) for languages in _rows())


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[tuple[str, ...], ...], ...]:
    return tuple(tuple(tuple(fold(words).split()) for words in line.split("|")) for line in _TABLE.strip().splitlines())
