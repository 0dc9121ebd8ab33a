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

SECTION = {
    "office": "办公室",
    "law": "政策法规处",
    "approval": "行政审批处",
    "building_market": "建筑市场监管处",
    "tender": "招标投标监管处",
    "quality_safety": "工程质量安全监管处",
    "design_fire": "勘察设计与消防处",
    "construction": "城市建设处",
    "renewal": "城市更新处",
    "utilities": "公用事业处",
    "green": "园林绿化处",
    "villages": "村镇建设处",
    "housing_market": "房地产市场监管处",
    "housing_support": "住房保障处",
    "property": "物业管理处",
}

# --- tasks of the year -------------------------------------------------------------------------------------------

TASK_KIND = {
    "old_estate": "老旧小区改造",
    "shanty": "棚改城中村改造",
    "rental": "保障性租赁住房",
    "lift": "加装电梯",
    "renewal": "城市更新",
    "rural_house": "农房改善",
    "old_pipe": "老旧管网改造",
    "gas_pipe": "燃气管道老化更新",
    "second_supply": "二次供水改造",
    "green": "新增改造绿地",
}
MILESTONE = {
    "plan": "年度任务",
    "start": "开工",
    "raise": "筹集",
    "finish": "完工",
    "invest_plan": "计划投资",
    "invest_done": "完成投资",
}
ASSET_CLASS = {
    "trunk": "市政管道",
    "courtyard": "庭院管道",
    "riser": "立管",
    "station": "厂站设施",
    "water": "给水",
    "drain": "排水",
    "old_block": "老旧街区",
    "old_plant": "老旧厂区",
    "village": "城中村",
    "estate": "小区",
    "other": "其他",
}
TASK_FUNDING = {
    "central": "中央预算内",
    "special_treasury": "超长期特别国债",
    "special_bond": "专项债",
    "social": "社会资本",
    "other": "其他",
}
TASK_MODE = {
    "rebuild": "原址翻建",
    "planned": "规划新建",
    "town": "进城入镇",
    "new_build": "新建",
    "convert": "改建",
    "other": "其他",
}

# --- housing support and the safety of houses --------------------------------------------------------------------

SUPPORT_KIND = {"home": "实物配租", "subsidy": "租赁补贴"}
HOME_KIND = {
    "public_rental": "公租房",
    "affordable_rental": "保租房",
    "allotted_sale": "配售型",
    "resettlement": "安置房",
}
HOME_SOURCE = {"built": "新建", "purchased": "收购存量商品房", "leased": "租赁"}
HOME_STATUS = {
    "signed": "已签约",
    "cancelled": "已解约",
    "paid": "已付款",
    "delivered": "已交付",
    "occupied": "已入住",
    "vacant": "空置",
}
SAFETY_CATEGORY = {"self_built": "自建房隐患", "urban": "城镇危旧房", "checkup": "城镇房屋体检"}
DANGER_GRADE = {"c": "C级", "d": "D级", "hazard": "其他隐患", "none": "无"}
BUILD_BAND = {"before1980": "1980年前", "y1980s": "80年代", "y1990s": "90年代", "after2000": "2000年后"}
STRUCTURE = {"brick": "砖混", "concrete": "钢混", "brick_wood": "砖木", "other": "其他"}
CHECK_RESULT = {"keep": "继续使用", "repair": "维修", "appraise": "鉴定", "resolve": "解危", "none": "未体检"}

# --- services and supervision ------------------------------------------------------------------------------------

CASE_ITEM = {
    "construction_permit": "施工许可",
    "fire_review": "消防设计审查",
    "fire_accept": "消防验收",
    "fire_spotcheck": "消防备案抽查",
    "housing_support": "住房保障资格",
    "green_occupy": "临时占绿",
    "tree_move": "移树",
    "other": "其他",
}
CASE_CHANNEL = {"online": "线上", "window": "窗口"}
CASE_RESULT = {"approved": "通过", "rejected": "不通过", "none": "未办结"}
SUPERVISED_KIND = {
    "supervised": "督办事项",
    "proposal": "建议提案",
    "cross_level": "省市县协同",
    "checkup_issue": "城市体检问题",
    "random_check": "双随机检查",
    "qual_check": "资质动态核查",
}
CHECKUP_DIM = {"housing": "住房", "community": "小区社区", "block": "街区", "city": "城区", "none": "不适用"}
FUND_DIRECTION = {"in": "归集", "out": "使用", "interest": "利息"}
OWNER_BODY = {
    "committee": "业主委员会",
    "management": "物业管理委员会",
    "expired": "任期届满未换届",
    "none": "未组建",
}
ESTATE_TYPE = {"commercial": "商品房", "resettlement": "安置房", "old": "老旧小区", "other": "其他"}
ESTATE_BUILD_BAND = {"before1990": "1990年前", "y1990s": "90年代", "y2000s": "2000年代", "after2010": "2010年后"}
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
BUILDING_STRUCTURE = {"concrete": "混凝土", "steel": "钢结构", "timber": "木结构", "other": "其他"}
GREEN_STAR = {"none": "未达标", "basic": "基本级", "one": "一星", "two": "二星", "three": "三星"}
BUILD_STAGE = {"design": "设计", "build": "施工", "done": "竣工"}
TECHNOLOGY = {"bim": "BIM", "robot": "建筑机器人", "parts": "部品部件", "other": "其他", "none": "无"}
LAND_TYPE = {"new_land": "新供地", "stock": "存量改良"}
