"""Names of months and weekdays in other languages, from the Unicode CLDR (Unicode License v3).

Written by scripts/month_names.py (de, fr, es, it, nl, pt, pl, sv, da, nb, fi, cs) with Babel 2.19.0; not to be edited.
"""

from __future__ import annotations

_WORDS = {
    "Jan": """ene enero gen gennaio jan janeiro januar januari janv janvier led leden ledna sty styczen styczeń
        stycznia tammi tammikuu tammikuuta""",
    "Feb": """feb febbraio febrero februar februari fev fevereiro fevr fevrier fév févr février helmi helmikuu
        helmikuuta lut lutego luty uno unor unora úno únor února""",
    "Mar": """bre brezen brezna bře březen března maalis maaliskuu maaliskuuta maart mar marca marco mars marts
        marz marzec marzo março mrt mrz mär märz""",
    "Apr": """abr abril apr april aprile avr avril dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecien kwiecień
        kwietnia""",
    "May": """kve kveten kvetna kvě květen května mag maggio mai maio maj maja may mayo mei touko toukokuu
        toukokuuta""",
    "Jun": """cerven cervna cvn cze czerwca czerwiec giu giugno juin jun junho juni junio kesa kesakuu kesakuuta
        kesä kesäkuu kesäkuuta červen června čvn""",
    "Jul": """cervence cervenec cvc heina heinakuu heinakuuta heinä heinäkuu heinäkuuta juil juillet jul julho
        juli julio lip lipca lipiec lug luglio července červenec čvc""",
    "Aug": """ago agosto aou aout aoû août aug august augusti augustus elo elokuu elokuuta sie sierpien sierpień
        sierpnia srp srpen srpna""",
    "Sep": """sep sept september septembre septiembre set setembro settembre syys syyskuu syyskuuta wrz wrzesien
        wrzesień wrzesnia września zar zari zář září""",
    "Oct": """loka lokakuu lokakuuta oct octobre octubre okt oktober ott ottobre out outubro paz pazdziernik
        pazdziernika paź październik października rij rijen rijna říj říjen října""",
    "Nov": """lis listopad listopada listopadu marras marraskuu marraskuuta nov november novembre novembro
        noviembre""",
    "Dec": """dec december decembre des desember dez dezember dezembro dic dicembre diciembre déc décembre gru
        grudnia grudzien grudzień joulu joulukuu joulukuuta pro prosince prosinec""",
}
MONTHS = {word: month for month, words in _WORDS.items() for word in words.split()}
_DAYS = """ct ctvrtek czw czwartek di dienstag dim dimanche dinsdag do dom domenica domingo donderdag
        donnerstag fr fre fredag freitag fri friday gio giovedi giovedì je jeu jeudi ju jue jueves
        ke keskiviikko keskiviikkona la lauantai lauantaina lo lor lordag lu lun lundi lunedi lunedì
        lunes lö lör lördag lø lør lørdag ma maanantai maanantaina maandag man mandag mar mardi
        martedi martedì martes me mer mercoledi mercoledì mercredi mi mie miercoles mittwoch mié
        miércoles mo mon monday montag må mån måndag ne nedele neděle nie niedz niedziela on ons
        onsdag pa patek pe perjantai perjantaina pia piatek pią piątek po pon pondeli pondělí
        poniedziałek pt pá pátek qua qui sa sab sabado sabato sam samedi samstag sat saturday seg
        sex so sob sobota son sondag sonntag sr sro sroda st streda středa su sun sunday sunnuntai
        sunnuntaina sáb sábado sö sön söndag sø søn søndag ter th thu thursday ti tiistai tiistaina
        tir tirs tirsdag tis tisdag to tor tors torsdag torstai torstaina tu tue tuesday ut utery ve
        ven vendredi venerdi venerdì vi vie viernes vr vrijdag we wed wednesday wo woensdag wt wto
        wtorek za zaterdag zo zondag út úterý čt čtvrtek śr śro środa"""
WEEKDAYS = frozenset(_DAYS.split())
