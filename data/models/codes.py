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
FUND_DIRECTION = {"in": "归集", "out": "使用", "interest": "利息"}
OWNER_BODY = {
    "committee": "业主委员会",
    "management": "物业管理委员会",
    "expired": "任期届满未换届",
    "none": "未组建",
}
ESTATE_TYPE = {"commercial": "商品房", "resettlement": "安置房", "old": "老旧小区", "other": "其他"}
BUILD_BAND = {"before1990": "1990年前", "y1990s": "90年代", "y2000s": "2000年代", "after2010": "2010年后"}
SCORE_KIND = {
    "enterprise_credit": "企业信用",
    "contract_performance": "履约评价",
    "property_company": "物业信用",
    "maintenance": "养护考核",
    "quality_award": "优质工程奖",
}
SCORE_BAND = {"a": "A档", "b": "B档", "c": "C档", "d": "D档"}
AWARD_LEVEL = {"national": "国家优质工程", "luban": "鲁班奖", "yangzi": "扬子杯", "city": "市优", "none": "无"}
SCORED_TYPE = {
    "developer": "建设",
    "builder": "施工",
    "supervisor": "监理",
    "property": "物业",
    "gardener": "养护",
    "other": "其他",
}
BUILDING_USE = {"residential": "住宅", "public": "公共建筑", "industrial": "工业", "other": "其他"}
STRUCTURE = {"concrete": "混凝土", "steel": "钢结构", "timber": "木结构", "other": "其他"}
GREEN_STAR = {"none": "未达标", "basic": "基本级", "one": "一星", "two": "二星", "three": "三星"}
BUILD_STAGE = {"design": "设计", "build": "施工", "done": "竣工"}
TECHNOLOGY = {"bim": "BIM", "robot": "建筑机器人", "parts": "部品部件", "other": "其他", "none": "无"}
LAND_TYPE = {"new_land": "新供地", "stock": "存量改良"}
