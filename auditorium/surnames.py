"""How Chinese surnames, and characters in given names, are read where a dictionary's first reading is wrong.

Each entry is a character (or a two-character surname) and its readings, the likeliest first. Surnames and
characters that are not here have the dictionary's reading.
"""

_SINGLE = """
乐 yuè lè|仆 pú|仇 qiú|任 rén|佴 nài|俱 jū|区 ōu|华 huà|单 shàn|卜 bǔ|占 zhān|句 gōu|召 shào zhào
员 yùn yuán|哈 hǎ|宓 mì fú|尉 wèi yù|干 gān|郇 xún huán|折 shé zhé|揣 chuǎi|撒 sǎ|晟 chéng shèng|曾 zēng
朴 piáo|查 zhā|柏 bǎi bó|洗 xiǎn|炅 guì|燕 yān|牟 móu mù|番 pān|盖 gě gài|相 xiàng|祭 zhài jì
种 chóng zhǒng|秘 bì mì|粘 nián|繁 pó|纪 jǐ|缪 miào|翟 zhái dí|肖 xiāo|能 nài néng|莘 shēn xīn|葛 gě|薄 bó|覃 qín tán
要 yāo yào|角 jué jiǎo|解 xiè|谌 chén shèn|贠 yùn|过 guō|逢 páng féng|那 nā|郄 qiè xì|郗 xī chī|都 dū|重 chóng
长 cháng zhǎng|阚 kàn|隗 wěi kuí|於 yū|黑 hè hēi|乜 niè|且 jū|蔚 wèi yù
"""

_COMPOUND = """
欧阳 ōu yáng|太史 tài shǐ|端木 duān mù|上官 shàng guān|司马 sī mǎ|东方 dōng fāng|独孤 dú gū|南宫 nán gōng
万俟 mò qí|闻人 wén rén|夏侯 xià hóu|诸葛 zhū gě|尉迟 yù chí|公羊 gōng yáng|赫连 hè lián|澹台 tán tái
皇甫 huáng fǔ|宗政 zōng zhèng|濮阳 pú yáng|公冶 gōng yě|太叔 tài shū|申屠 shēn tú|公孙 gōng sūn|慕容 mù róng
仲孙 zhòng sūn|钟离 zhōng lí|长孙 zhǎng sūn|宇文 yǔ wén|司徒 sī tú|鲜于 xiān yú|司空 sī kōng|闾丘 lǘ qiū
子车 zǐ jū|亓官 qí guān|司寇 sī kòu|巫马 wū mǎ|公西 gōng xī|颛孙 zhuān sūn|壤驷 rǎng sì|公良 gōng liáng
漆雕 qī diāo|乐正 yuè zhèng|宰父 zǎi fǔ|谷梁 gǔ liáng|拓跋 tuò bá|夹谷 jiá gǔ|轩辕 xuān yuán|令狐 líng hú
段干 duàn gān|百里 bǎi lǐ|呼延 hū yán|东郭 dōng guō|南门 nán mén|羊舌 yáng shé|微生 wēi shēng|梁丘 liáng qiū
左丘 zuǒ qiū|东门 dōng mén|西门 xī mén|单于 chán yú|淳于 chún yú|公皙 gōng xī|毌丘 guàn qiū|毋丘 wú qiū
贺兰 hè lán|屈突 qū tū|哥舒 gē shū|纥干 hé gān|叱干 chì gān|达奚 dá xī|尔朱 ěr zhū|独吉 dú jí|第五 dì wǔ
呼衍 hū yǎn|沮渠 jū qú|秃发 tū fà|乞伏 qǐ fú|宿勤 sù qín|贺若 hè ruò|可频 kě pín|斛律 hú lǜ|耶律 yē lǜ|完颜 wán yán
蒲察 pú chá|纳兰 nà lán|叶赫 yè hè|那拉 nà lā|富察 fù chá|钮祜 niǔ hù|欧侯 ōu hóu
"""

_GIVEN = """
乐 lè yuè|仔 zǐ zǎi|么 yāo|了 liǎo|俟 sì|参 cān shēn|冠 guàn guān|单 dān shàn|卜 bǔ|吗 mǎ|圩 wéi xū
娜 nà nuó|子 zǐ|尉 wèi yù|少 shào|嬛 huán xuān|徵 zhēng zhǐ|晟 shèng chéng|曾 zēng céng|朝 cháo zhāo
柏 bǎi bó|栎 lì yuè|桧 guì huì|楷 kǎi jiē|泊 bó pō|浚 jùn xùn|澹 dàn tán|炅 jiǒng guì|率 shuài lǜ|的 dì
盛 shèng chéng|省 xǐng shěng|着 zhuó|筠 yún jūn|纶 lún guān|缪 móu miào|翟 dí zhái|芫 yuán yán
茜 qiàn xī|荨 xún qián|莎 shā suō|莘 shēn xīn|莞 wǎn guǎn|菀 wǎn yù|葚 shèn|蔓 màn wàn|蔚 wèi yù
藏 cáng zàng|行 xíng háng|都 dū|重 chóng zhòng|镐 hào gǎo|长 cháng zhǎng|隽 jùn juàn|靓 jìng liàng
颉 jié xié|骠 biāo piào|们 mén|给 jǐ|什 shí|呢 ní|没 mò|还 huán
"""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    entries = (entry.split() for line in text.split("\n") for entry in line.split("|") if entry)
    return {entry[0]: tuple(entry[1:]) for entry in entries}


# One character to its possible readings.
SINGLE = _table(_SINGLE)
GIVEN = _table(_GIVEN)
# Two characters to their two syllables.
COMPOUND = _table(_COMPOUND)
