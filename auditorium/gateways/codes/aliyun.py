"""What Aliyun answers when it does not take a text, and what follows (国内消息 API 错误码, 公共错误码)."""

from __future__ import annotations

from auditorium.gateways.codes import Code, look_up, table
from auditorium.gateways.treatments import Treatment

TAKEN = "OK"

ANSWERED = table(
    {
        Treatment.NEVER: {
            "isv.SMS_SIGNATURE_ILLEGAL": "该账号下找不到对应签名",
            "isv.SMS_SIGNATURE_SCENE_ILLEGAL": "签名和模板类型不一致",
            "isv.SIGN_NAME_ILLEGAL": "签名名称不符合规范",
            "isv.SMS_TEMPLATE_ILLEGAL": "该账号下找不到对应模板",
            "isv.TEMPLATE_MISSING_PARAMETERS": "模板变量缺少对应参数值",
            "isv.TEMPLATE_PARAMS_ILLEGAL": "传入的变量内容和实际申请模板时变量所选择的属性类型不配",
            "isv.INVALID_PARAMETERS": "参数格式不正确",
            "isv.INVALID_JSON_PARAM": "参数格式错误，不是合法的 JSON",
            "isv.PARAM_LENGTH_LIMIT": "参数超过长度限制",
            "isv.PARAM_NOT_SUPPORT_URL": "变量不支持传入 URL",
            "isv.BLACK_KEY_CONTROL_LIMIT": "变量中传入疑似违规信息",
            "isv.SMS_CONTENT_ILLEGAL": "短信内容包含禁止发送内容",
            "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE": "短信内容和模板属性不匹配",
            "isv.CUSTOMER_REFUSED": "用户已退订推广短信",
            "isv.PHONENUMBER_BLACKLIST": "手机号码被平台列入黑名单",
            "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": "国际/港澳台消息模板不支持发送境内号码",
            "isv.MOBILE_COUNT_OVER_LIMIT": "手机号码数量超过单次支持最大数量",
            "isv.EXTEND_CODE_ERROR": "扩展码使用错误，相同的扩展码不可用于多个签名",
            "MissingPhoneNumbers": "没有写手机号码",
            "MissingTemplateCode": "没有写模板编号",
            "MissingSignName": "没有写签名",
        },
        Treatment.BAD_NUMBER: {
            "isv.MOBILE_NUMBER_ILLEGAL": "手机号码格式错误",
        },
        Treatment.LATER: {
            "isv.BUSINESS_LIMIT_CONTROL": "触发云通信流控限制：同一号码发得太多",
            "isv.SMS_OVER_LIMIT": "单日最多申请或发送的次数超过限制",
        },
        Treatment.TOMORROW: {
            "isv.DAY_LIMIT_CONTROL": "触发日发送限额",
        },
        Treatment.OPERATOR: {
            "isv.MONTH_LIMIT_CONTROL": "触发月发送限额",
            "isv.AMOUNT_NOT_ENOUGH": "账户余额不足",
            "isv.OUT_OF_SERVICE": "业务停机：余额不足，或账户已停用",
            "isv.BILLING_DEDUCTION_ERROR": "扣费出错",
            "isv.PRODUCT_UN_SUBSCRIPT": "未开通短信服务",
            "isv.PRODUCT_UNSUBSCRIBE": "产品未开通",
            "isv.ACCOUNT_NOT_EXISTS": "账户不存在",
            "isv.ACCOUNT_ABNORMAL": "账户异常",
            "isp.RAM_PERMISSION_DENY": "RAM 权限不足",
            "isv.RAM_CHECK_FAILED": "RAM 权限检查失败",
            "isv.DENY_IP_RANGE": "源 IP 地址所在的地区被禁用",
            "isv.SMS_SIGN_ILLEGAL": "签名禁止使用",
            "isv.SIGN_STATE_ILLEGAL": "签名状态为“不可用”",
            "isv.SMS_SIGN_UNREGISTERED": "签名没有完成实名制报备",
            "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT": "测试模板和签名只能用于测试",
            "isv.SMS_TEST_NUMBER_LIMIT": "只能向已绑定的测试手机号发送",
            "isv.FORBIDDEN_ACTION": "不允许的操作",
            "InvalidAccessKeyId": "AccessKey ID 不正确",
            "InvalidAccessKeyId.NotFound": "AccessKey ID 不存在，请检查填写是否正确",
            "InvalidAccessKeyId.Inactive": "AccessKey 已被禁用",
            "SignatureDoesNotMatch": "AccessKey Secret 不正确，签名对不上",
            "IncompleteSignature": "签名不完整",
            "InvalidTimeStamp.Expired": "服务器时间和阿里云相差太多，请校时",
            "InvalidTimeStamp.Format": "时间格式不正确，请校时",
            "MissingSecurityToken": "缺少安全令牌",
            "Forbidden": "没有权限",
            "NoPermission": "没有权限",
            "InvalidVersion": "接口版本不正确",
            "InvalidAction.NotFound": "没有这个接口，请检查 endpoint",
        },
        Treatment.BACK_OFF: {
            "isp.SYSTEM_ERROR": "系统出现错误，请重新调用",
            "isp.GATEWAY_ERROR": "网关出现错误，请重新调用",
            "isv.SYSTEM_ERROR": "系统出现错误，请重新调用",
            "isv.DATA_NOT_EXIST": "数据不存在，请稍后再试",
            "SignatureNonceUsed": "唯一随机数重复，请重新调用",
            "Throttling": "请求过于频繁",
            "ServiceUnavailable": "服务暂不可用",
        },
    }
)


def answered(code: str) -> Code:
    """What follows from a call answered with this code."""
    return look_up(ANSWERED, code)
