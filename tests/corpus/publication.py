"""Texts for the gate before publication: thirteen kinds of personal data in twelve disguises, and 150 harmless ones.

The numbers are made up: ID numbers with their check digit, cards that satisfy Luhn.
"""

from collections.abc import Callable, Iterator

from guangcai.core.publication import Found

SPELLED = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
CAPITAL = dict(zip("0123456789", "零壹贰叁肆伍陆柒捌玖", strict=True))
BY_PHONE = dict(zip("0123456789", "洞幺两三四五六拐八勾", strict=True)) | {"2": "二"}
CIRCLED = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
ARABIC = dict(zip("0123456789", "٠١٢٣٤٥٦٧٨٩", strict=True))
STYLED = {str(value): chr(0x1D7EC + value) for value in range(10)}
LETTERS = {"0": "O", "1": "l"}


def _mapped(table: dict[str, str]) -> Callable[[str], str]:
    return lambda text: "".join(table.get(sign, sign) for sign in text)


def _between(gap: str) -> Callable[[str], str]:
    """Between any two characters of which one is a digit."""
    return lambda text: "".join(
        sign + (gap if place + 1 < len(text) and (sign.isdigit() or text[place + 1].isdigit()) else "")
        for place, sign in enumerate(text)
    )


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _grouped(text: str) -> str:
    """A blank after every fourth digit."""
    found, count = "", 0
    for sign in text:
        count = count + 1 if sign.isdigit() else 0
        found += sign + ("  " if count and count % 4 == 0 else "")
    return found.rstrip()


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "spaces": _between(" "),
    "grouped": _grouped,
    "dots": _between("·"),
    "full-width": _wide,
    "spelled": _mapped(SPELLED),
    "capitals": _mapped(CAPITAL),
    "radio": _mapped(BY_PHONE),
    "circled": _mapped(CIRCLED),
    "foreign digits": _mapped(ARABIC),
    "styled": _mapped(STYLED),
    "invisible": _between("\u200b"),
}
# Where digits are letters only look-alikes help; addresses have too few digits for it.
LOOK_ALIKES = _mapped(LETTERS)

PERSONAL: list[tuple[Found, str, str]] = [
    (Found.PHONE, "13800138000", "老人想要一台收音机，联系{}，晚上在家"),
    (Found.PHONE, "17612345678", "打{}找她女儿就行"),
    (Found.PHONE, "8619904170417", "+{}"),
    (Found.PHONE, "04172834567", "家里电话{}"),
    (Found.ID_NUMBER, "110101199003078515", "身份证{}，低保户，想要一床棉被"),
    (Found.ID_NUMBER, "210802195401011239", "证件号是{}。"),
    (Found.BANK_CARD, "6222021234567890128", "可以转到{}，谢谢好心人"),
    (Found.BANK_CARD, "4111111111111111", "卡号{}"),
    (Found.ADDRESS, "3号楼2单元501室", "送到{}，敲门就行"),
    (Found.ADDRESS, "东风路25号", "就在{}那间平房"),
    (Found.ADDRESS, "惠民小区12栋", "她家在{}，腿脚不好"),
    (Found.ADDRESS, "2单元301", "{}的孩子想学画画"),
    (Found.ADDRESS, "5栋403室", "老两口住{}，想装一个扶手"),
]


def personal() -> Iterator[tuple[Found, str, str]]:
    """(what is in it, disguise, text): 13 times 12, and the look-alikes."""
    for what, secret, around in PERSONAL:
        for name, disguise in DISGUISES.items():
            yield what, name, around.format(disguise(secret))
        if what != Found.ADDRESS:
            yield what, "look-alikes", around.format(LOOK_ALIKES(secret))


HARMLESS = """
想要一台收音机，能听戏的
希望有人教我用手机挂号
想要一副老花镜，300度
孩子上小学二年级，想要一套课外书
希望周末有人陪着下一盘象棋
想要一个助行器，带轮子的
家里的灯坏了两个月，希望有人帮忙换一下
冬天到了，想要一床厚棉被
想学太极拳，早上6:30到7:30有空
希望有人帮忙理发，行动不方便
想要一个电饭锅，3升左右就够
想要一把轮椅，旧的也行
孩子今年12岁，想要一双38码的运动鞋
想要一张从老家到这里的老照片放大
希望能有人陪我去医院复查，时间是11月26日上午
想在2026-12-01之前收到一本挂历
2026年11月22日 09:00-11:00 在社区一楼活动室领取
2026-11-22 09:00-11:00，2026-11-23 14:00-16:00两场
报名时间：2026.11.20至2026.11.30
一、三、五上午有人在家
周一、周三、周五下午3点以后方便
一二三年级的孩子都可以来
想凑够1、2、3、4、5、6年级的课本
第1、3、5、7、9、11、13排的座位
想要一本《新华字典》第12版
想要一套五年级下册的数学练习册
希望有一台血压计，预算150元
预算200元以内，最多不超过300元
捐来的钱共1380.5元，买了13箱苹果
这次一共收到心愿18个，圆了12个
全社区共有8079人，其中党员1538人，占19%
30000户里签了8000份
今年服务16小时、办实事12件
希望有人帮忙把柜子搬到五楼
电梯坏了，我住高层，希望有人帮着拎菜
想参加每周四的志愿活动
阳台上想装一根晾衣杆，1.8米长
想给猫打疫苗，它两岁了
希望有人教我写毛笔字
想要一个放大镜，看报纸用
想要一副护膝，冬天腿疼
希望能听一场京剧
想和外地的女儿视频，不会操作
想要一个书包，蓝色的
孩子想要一套水彩笔，24色
想吃一顿热乎的饺子
想有人陪着过生日，下月初八
想要一台小风扇，夏天太热
纱窗破了一个洞，想补一补
水龙头滴水，想换个垫圈
希望有人帮忙修一修自行车
想要一本2027年的台历
厨房下水道堵了，希望有人来看看
想要一对哑铃，每只2公斤
想要一件棉衣，身高165，体重60公斤
想要一双棉鞋，41码
想要一条围巾，颜色不限
希望有人帮忙写一封家信
想学拼音，好给孙子讲故事
想要一个保温杯，500毫升
想要一台二手洗衣机，5公斤
想要一张折叠床
希望有人教我在网上交电费
想请人给家里装个扶手，卫生间里
想要一只拐杖，带小凳子的
希望能有人一起散步
想借一台缝纫机用三天
想要三盆绿萝
想要一个小书桌，长80厘米宽50厘米
想要一盏护眼灯
孩子想去一次科技馆
希望有人辅导初二的物理
想听人讲讲防诈骗
想量一次血糖
想请医生讲讲高血压怎么吃药
想配一副助听器
想给楼道加一盏灯
希望花坛边放一张长椅
想把旧衣服捐出去，不知道送到哪里
想要一幅字，写“平安是福”
希望春节有人写春联
想学包粽子
想学剪纸
想要一台缝纫机
想要10斤大米和5斤面
想要一桶5升的食用油
想要一箱牛奶，12盒装
想要4节5号电池和8节7号电池
坐3路公交车到终点站，再走200米
在东风路公交站集合
坐7号线到人民广场
乘坐1号线转2号线
3号楼门口的路灯不亮
5号楼楼下的垃圾桶满了
3号楼大厅贴了通知
2号楼东侧的花坛想种点花
12号楼之间的空地可以晾被子
请到社区服务中心203室领取
心愿卡交到居委会2楼
社区党群服务中心1号楼
请到实验小学3号楼听课
第3小组5名志愿者
第二中学初三（2）班的孩子想要一套英语磁带
凭票号0012到3号窗口领取
编号WX-2026-0018的心愿已经圆了
心愿编号2026-018
收据号2026-0001至2026-0035
有问题打12345
紧急情况请拨110、119或120
反诈热线96110
火警119，急救120
请关注社区公告栏第2期
通知〔2026〕11号文件
依据第685号令第二十五条
按照第67号令第19条办理
共5页，第3页
上午8:30-11:30，下午13:30-17:00
12月1日至12月31日，每天9点到11点
孩子的身高1米3，鞋码36
房间12平方米，想铺一块地垫
家里三口人，两个孩子
老伴走了三年，一个人住
住在顶楼，夏天很热
住五楼，腿脚不好，下楼难
想要一台空调，1.5匹
电视机32英寸的就行
手机是旧的，屏幕碎了
忘了微信密码，希望有人教
希望有人教我用微信视频
想建一个微信群，大家一起跳舞
我想学用QQ
想在抖音上发一段唱歌的视频
想要一条1.5米乘2米的毯子
体温计坏了，想要一支新的
想要50米的网线
3个苹果8个梨0个桃
一三得三，三三得九，孩子背不下来
想背会圆周率3.1415926
孩子数学考了98分，想要一支钢笔
三八妇女节那天想收到一束花
八一建军节想见见老战友
九九重阳节想登山
七七八八的旧书有一百多本
五六十岁的人都可以来
二十四节气的挂图
一百零八将的小人书一套
一千零一夜，注音版
想收到一张从北京寄来的明信片
想看一次升国旗
希望给小广场装两个篮球架
希望夏天能有人在树下放电影
想把阳台改成小花园
想要一把1米2的尺子
""".strip().splitlines()
