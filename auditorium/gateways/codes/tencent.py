"""What Tencent Cloud answers when it does not take a text, and what follows (短信 API 3.0 错误码, 公共错误码)."""

from __future__ import annotations

from auditorium.gateways.codes import Code, look_up, table
from auditorium.gateways.treatments import Treatment

TAKEN = "Ok"

ANSWERED = table(
    {
        Treatment.NEVER: {
            "FailedOperation.ContainSensitiveWord": "短信内容中含有敏感词",
            "FailedOperation.FailResolvePacket": "请求包解析失败，没有遵守接口说明",
            "FailedOperation.JsonParseFail": "解析请求包体失败",
            "FailedOperation.MarketingSendTimeConstraint": "营销短信只允许在8点到22点发送",
            "FailedOperation.PhoneNumberInBlacklist": "手机号在免打扰名单库中，通常是用户退订或者命中运营商免打扰名单",
            "FailedOperation.SignatureIncorrectOrUnapproved": "签名未审批或格式错误",
            "FailedOperation.MissingSignatureList": "无法识别签名，签名未通过申请",
            "FailedOperation.MissingTemplateList": "无法识别模板，模板未通过申请",
            "FailedOperation.TemplateIdNotExist": "模板 ID 不存在",
            "FailedOperation.TemplateIncorrectOrUnapproved": "模板未审批或内容不匹配",
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": "请求内容与审核通过的模板内容不匹配",
            "FailedOperation.TemplateUnapprovedOrNotExist": "模板未审批或不存在",
            "InvalidParameter": "参数错误",
            "InvalidParameter.DirtyWordFound": "存在敏感词",
            "InvalidParameter.InvalidParameters": "参数有误",
            "InvalidParameterValue": "参数取值错误",
            "InvalidParameterValue.ContentLengthLimit": "请求的短信内容太长",
            "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": "禁止在模板变量中使用 URL",
            "InvalidParameterValue.TemplateParameterFormatError": "验证码模板参数格式错误，只能传入0至6位纯数字",
            "InvalidParameterValue.TemplateParameterLengthLimit": "单个模板变量字符数超过规定的限制数",
            "InvalidParameterValue.TemplateWithDirtyWords": "模板内容存在敏感词",
            "InvalidParameterValue.UnsupportedTemplateVariable": "国内短信通知模板不支持添加变量",
            "LimitExceeded.AppCountryOrRegionInBlacklist": "国家或地区不在发送限制的列表中而禁发",
            "LimitExceeded.PhoneNumberCountLimit": "单次提交的手机号个数超过200个",
            "MissingParameter": "缺少参数",
            "MissingParameter.EmptyPhoneNumberSet": "传入的号码列表为空",
            "UnsupportedOperation": "操作不支持",
            "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone": "国内短信模板不支持发送国际/港澳台手机号",
            "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber": "群发请求里既有国内手机号也有国际手机号",
            "UnsupportedOperation.ContainDomesticPhoneNumber": "该接口仅支持国际/港澳台号码",
            "UnsupportedOperation.GlobalTemplateToChineseMainlandPhone": "国际/港澳台短信模板不支持发送国内手机号",
            "UnsupportedOperation.UnsupportedRegion": "不支持该地区短信下发",
        },
        Treatment.BAD_NUMBER: {
            "FailedOperation.PhoneNumberParseFail": "号码解析失败",
            "InvalidParameterValue.IncorrectPhoneNumber": "手机号格式错误",
        },
        Treatment.LATER: {
            "LimitExceeded.DeliveryFrequencyLimit": "下发短信命中了频率限制策略",
            "LimitExceeded.PhoneNumberOneHourLimit": "单个手机号1小时内下发短信条数超过设定的上限",
        },
        Treatment.TOMORROW: {
            "LimitExceeded.AppDailyLimit": "业务短信日下发条数超过设定的上限",
            "LimitExceeded.AppMainlandChinaDailyLimit": "业务短信中国大陆日下发条数超过设定的上限",
            "LimitExceeded.AppCountryOrRegionDailyLimit": "业务短信国家/地区日下发条数超过设定的上限",
            "LimitExceeded.AppGlobalDailyLimit": "业务短信国际/港澳台日下发条数超过设定的上限",
            "LimitExceeded.DailyLimit": "短信日下发条数超过设定的上限（国际/港澳台）",
            "LimitExceeded.PhoneNumberDailyLimit": "单个手机号日下发短信条数超过设定的上限",
            "LimitExceeded.PhoneNumberSameContentDailyLimit": "单个手机号下发相同内容超过设定的上限",
        },
        Treatment.OPERATOR: {
            "FailedOperation.InsufficientBalanceInSmsPackage": "套餐包余量不足",
            "FailedOperation.NotEnterpriseCertification": "非企业认证无法使用签名及模板相关接口",
            "FailedOperation.QualificationIdNotApproved": "资质未审核通过",
            "InternalError.RequestTimeException": "服务器时间与腾讯云相差超过10分钟，请校时",
            "InternalError.RestApiInterfaceNotExist": "没有这个接口，请检查 endpoint",
            "InternalError.SigFieldMissing": "请求里没有签名",
            "InternalError.SigVerificationFail": "签名校验失败",
            "InvalidParameter.AppidAndBizId": "账号与应用 ID 不匹配",
            "InvalidParameterValue.SdkAppIdNotExist": "SdkAppId 不存在",
            "UnauthorizedOperation": "未授权操作",
            "UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny": "个人用户没有发营销短信的权限",
            "UnauthorizedOperation.RequestIpNotInWhitelist": "请求 IP 不在白名单中",
            "UnauthorizedOperation.RequestPermissionDeny": "请求没有权限",
            "UnauthorizedOperation.SdkAppIdIsDisabled": "此 SdkAppId 禁止提供服务",
            "UnauthorizedOperation.ServiceSuspendDueToArrears": "欠费被停止服务",
            "UnauthorizedOperation.SmsSdkAppIdVerifyFail": "SmsSdkAppId 校验失败，不属于密钥的账户",
            "AuthFailure": "鉴权失败",
            "AuthFailure.InvalidAuthorization": "请求头部的 Authorization 不符合标准",
            "AuthFailure.InvalidSecretId": "密钥非法，不是云 API 密钥",
            "AuthFailure.MFAFailure": "MFA 错误",
            "AuthFailure.SecretIdNotFound": "密钥不存在，已被删除或禁用，或填写不正确",
            "AuthFailure.SignatureExpire": "签名过期，服务器时间与腾讯云相差超过5分钟，请校时",
            "AuthFailure.SignatureFailure": "签名错误，请检查 SecretKey",
            "AuthFailure.TokenFailure": "token 错误",
            "AuthFailure.UnauthorizedOperation": "请求未授权",
            "ActionOffline": "接口已下线",
            "InvalidAction": "接口不存在，请检查 endpoint",
            "IpInBlacklist": "IP 地址在黑名单中",
            "IpNotInWhitelist": "IP 地址不在白名单中",
            "NoSuchProduct": "产品不存在",
            "NoSuchVersion": "接口版本不存在",
            "UnsupportedRegion": "接口不支持所传地域，请检查 region",
        },
        Treatment.BACK_OFF: {
            "FailedOperation.OtherError": "其他错误，一般是由于参数携带不符合要求",
            "FailedOperation.ParametersOtherError": "未知错误",
            "LimitExceeded": "超过配额限制",
            "LimitExceeded.GlobalSmsSendingRateLimit": "国际短信发送速率限制",
            "LimitExceeded.PhoneNumberThirtySecondLimit": "单个手机号30秒内下发短信条数超过设定的上限",
            "RequestLimitExceeded": "请求的次数超过了频率限制",
            "ResourceUnavailable": "资源不可用",
        },
    }
)

UNCLEAR = {
    "InternalError": "内部错误",
    "InternalError.JsonParseFail": "解析用户参数失败",
    "InternalError.OtherError": "其他错误",
    "InternalError.ParseBackendResponseFail": "解析运营商包体失败",
    "InternalError.SendAndRecvFail": "接口超时或短信收发包超时",
    "InternalError.Timeout": "请求下发短信超时",
    "InternalError.UnknownError": "未知错误类型",
}
"""After these, and others of their family, nobody knows whether the text goes out."""


def answered(code: str) -> Code:
    """What follows from a call, or a number in it, answered with this code."""
    return look_up(ANSWERED, code)


def is_unclear(code: str) -> bool:
    """Whether a call answered with this code may have sent the text all the same."""
    return code not in ANSWERED and code.partition(".")[0] in UNCLEAR
