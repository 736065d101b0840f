"""Words that say little by themselves, by language: what keywords are counted without.

Short lists, on purpose: a word that is missing here costs one weak keyword, a wrong one a good keyword.
"""

_LISTS = {
    "en": """
        a about above after again all also always am an and any are as at back be became because become
        been before being below between both but by came can cannot could day did do does doing down
        during each even ever every few first for from further gave get give go goes going got had has
        have having he her here hers him his how however i if in into is it its itself just keep know
        last least less let like long made make makes many may me might more most much must my never no
        nor not now of off often on once one only or other our out over own per put said same say see
        she should since so some still such take takes than that the their them then there these they
        thing things this those though through time times to too two under until up upon us use used
        uses very want was way we well went were what when where whether which while who whom whose why
        will with within without would yet you your yours really around another don't doesn't isn't it's
        that's they're we're you're can't won't didn't wasn't aren't i'm let's others need needs needed
    """,
    "de": """
        aber alle allem allen aller alles als also am an ander andere anderen anderer auch auf aus bei
        beim bin bis bist da dabei damit dann das dass dein deine dem den denn der des deshalb dich die
        dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines
        er es etwas euch euer für gegen gibt ging hab habe haben hat hatte hatten hier hin hinter ich
        ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins ist ja jede jedem jeden jeder jedes
        jetzt kann kein keine keinen können könnte machen man manche mehr mein meine mich mir mit muss
        müssen nach nicht nichts noch nun nur ob oder ohne schon sehr sei sein seine seinem seinen
        seiner seit sich sie sind so solche soll sollen sondern sowie über um und uns unser unsere unter
        viel viele vom von vor war waren was weil weiter welche welcher wenn wer werden wie wieder will
        wir wird wo wollen worden wurde wurden zu zum zur zwar zwischen etwa immer ganz beide
    """,
    "fr": """
        à afin ai ainsi alors après as au aucun aura aussi autre autres aux avant avec avoir avons bien
        car ce ceci cela celle celles celui cent ces cet cette ceux chaque chez comme comment dans de
        déjà depuis des deux dit doit donc dont du elle elles en encore entre est et été être eu eux
        fait faire fois font il ils je jusqu la le les leur leurs lors lorsque lui ma mais me même mêmes
        mes moins mon ne ni non nos notre nous on ont or ou où par parce pas peu peut peuvent plus pour
        pourquoi quand que quel quelle quelles quels qui sa sans se sera ses si son sont sous sur ta te
        tes toi ton tous tout toute toutes très tu un une vers voici voilà vos votre vous y c'est n'est
        d'un d'une qu'il qu'elle l'on s'est
    """,
    "es": """
        a al algo algunas algunos ante antes aquí así aún aunque bajo bien cada casi como con contra
        cual cuando de del desde después dice donde dos durante e el él ella ellas ellos en entre era
        eran es esa esas ese eso esos esta está estaba estado están estar estas este esto estos fue
        fueron ha había hace hacer hacia han hasta hay he la las le les lo los luego más me mi mis
        mientras mucho muchos muy nada ni no nos nosotros nuestra nuestro nunca o os otra otras otro
        otros para pero poco por porque pues puede pueden que qué quien quién se sea según ser si sí
        sido siempre sin sobre solo sólo son su sus también tan tanto te tener tiene tienen toda todas
        todo todos tras tu tus un una unas uno unos usted va vez y ya yo
    """,
    "it": """
        a ad adesso agli ai al alla alle allo altra altre altri altro anche ancora avere aveva c'è che
        chi ci ciò come con contro cosa così cui da dagli dai dal dalla dalle dallo degli dei del della
        delle dello dentro di dopo dove due e è ed era erano essere fa fare fino fra già gli ha hanno ho
        i il in io la le lei li lo loro lui ma me meno mentre mi mia mie mio molti molto ne negli nei
        nel nella nelle nello no noi non nostra nostro o ogni oltre ora per perché però più po poi prima
        può qual quale quando quanto quasi quella quelle quelli quello questa queste questi questo qui
        se sei sempre senza si sia sono sopra sotto sta stata stato su sua sue sui sul sulla suo suoi
        tra tu tua tuo tutta tutte tutti tutto un una uno va vi voi
    """,
    "pt": """
        a à ao aos aquela aquele aqui as às assim até cada com como contra da das de dela dele deles
        depois desde dessa desse desta deste do dois dos e é ela elas ele eles em enquanto entre era
        eram essa essas esse esses esta está estão estas este estes eu faz fazer foi foram há isso isto
        já lhe lhes mais mas me mesmo meu minha muito muitos na não nas nem nenhum no nos nós nossa
        nosso num numa o onde os ou outra outras outro outros para pela pelas pelo pelos pode podem por
        porque pouco qual quando que quem se sem sempre ser seu seus sido só sob sobre sua suas também
        tem têm tudo toda todas todo todos tu um uma umas uns vai você vocês
    """,
    "nl": """
        aan af al alle alleen als altijd ander andere ben bij daar dan dat de deze die dit doch doen
        door dus een eens en er ge geen had heb hebben heeft hem het hier hij hoe hun iemand iets ik in
        is ja je jij jou jouw kan kon kunnen maar me meer men met mij mijn moet moeten na naar niet
        niets nog nu of om omdat ons onze ook op over reeds te tegen toch toen tot u uit uw van veel
        vele voor want waren was wat we wel werd wie wij wil worden wordt zal ze zelf zich zij zijn zo
        zonder zou zullen
    """,
    "pl": """
        a aby ale ani bardzo bez bo by był była było były być ci co czy dla do gdy gdzie go i ich ile im
        in inne inny ja jak jako je jednak jego jej jest jestem jeszcze jeśli już każdy kiedy kto która
        które który którzy lub ma mają może można my na nad nam nas nawet nic nich nie niego nim niż o
        od on ona one oni oraz po pod ponieważ poza przed przez przy się są także tam te tego tej tym
        ten to tu tych tylko tę u w we więc wszystko z za ze że żeby
    """,
    "ru": """
        а без более больше будет будто бы был была были было быть в вам вас весь во вот все всего всех
        вы где да даже для до его ее её если есть еще ещё же за здесь и из или им их к как ко когда
        который которая которые кто ли между меня мне много может можно мой мы на над надо нас не него
        нее ней нет ни них но ну о об однако он она они оно от очень перед по под после потом потому
        почти при про с сам себя со совсем так также такой там тем тех то тогда того тоже той только том
        тот ты у уже хотя чем через что чтобы эта эти это этого этой этом этот я
    """,
    "tr": """
        acaba ama artık aslında az bana bazı belki ben beni bir biraz birçok biri birkaç biz bize bu
        buna bunlar bunu burada çok çünkü da daha de değil diye dolayı en fakat gibi göre hem hep hepsi
        her herkes hiç için içinde ile ise işte kadar ki kim mı mi mu mü nasıl ne neden nerede o olan
        olarak oldu olduğu olur ona onlar onu oysa önce pek sana sen siz sonra şey şu tüm ve veya ya
        yani yine zaten
    """,
    "ar": """
        في من على إلى عن مع هذا هذه ذلك تلك التي الذي الذين هو هي هم نحن أنت أنا كان كانت يكون تكون قد
        لقد لا لم لن ما ماذا متى كيف أين كل بعض أي أو أم ثم و ف ب ل ك إن أن إذا لأن لكن بل بين بعد قبل
        عند حتى منذ خلال حول دون غير سوف ليس كما أيضا أيضًا جدا جدًا هناك هنا به بها له لها فيه فيها منه
        منها عليه عليها
    """,
    "hi": """
        और का के की को में से है हैं था थी थे हो होता होती होते यह वह ये वे इस उस इन उन जो तो भी ही कि
        पर ने एक लिए साथ या लेकिन अगर जब तब कब क्या क्यों कैसे कहाँ कुछ सब बहुत नहीं न मैं हम आप तुम
        मेरा हमारा आपका अपना अपने तक बाद पहले बीच द्वारा कर करना करते करता करती किया गया गई गए जा जाता
        जाती जाते रहा रही रहे सकता सकते सकती
    """,
}
STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _LISTS.items()
}


def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a BCP 47 tag's language; none where there is no list."""
    return STOP_WORDS.get(language.partition("-")[0].lower(), frozenset())
