"""Code lists that several tables share: code → the trade's word. Taken from the fact catalogue."""

USE = {"residential": "住宅", "commercial": "商业", "office": "办公", "parking": "车位", "other": "其他"}
SIZE_BAND = {"lt90": "90㎡以下", "s90_120": "90—120㎡", "s120_144": "120—144㎡", "gt144": "144㎡以上"}
YES_NO = {"yes": "是", "no": "否"}
MARKET = {"new": "新建商品房", "second_hand": "存量房"}
ROW_KIND = {"sign": "网签", "cancel": "撤销"}
DIRECTION = {"in": "入账", "out": "拨付"}
DELIVERY_TASK = {"guaranteed": "保交房任务", "none": "非任务"}
WHITELIST = {"approved": "银行通过", "pushed": "已推送", "rejected": "未通过", "exited": "已退出", "none": "未列入"}
BANK = {
    "b01": "演示银行甲",
    "b02": "演示银行乙",
    "b03": "演示银行丙",
    "b04": "演示银行丁",
    "b05": "演示银行戊",
}
