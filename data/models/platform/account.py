"""Accounts and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, DateTime, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.metadata import Base
from data.models.types import identity

ROLES = {
    "leader": "局领导",
    "section": "处室人员",
    "writer": "文员",
    "district": "区市人员",
    "company": "企业",
    "steward": "数据管理员",
    "admin": "系统管理员",
    "security": "安全管理员",
    "auditor": "审计管理员",
}


class User(Base):
    """账号: who may log in, in which role, and for which district (empty: the whole city)."""

    __tablename__ = "sys_user"
    __table_args__ = {"comment": "账号"}

    id: Mapped[identity]
    username: Mapped[str] = mapped_column(String(60), unique=True, comment="用户名")
    name: Mapped[str] = mapped_column(String(60), comment="姓名")
    section: Mapped[str] = mapped_column(String(60), default="", comment="处室")
    role: Mapped[str] = mapped_column(String(16), comment="角色", info={"codes": ROLES})
    district_id: Mapped[str | None] = mapped_column(ForeignKey("sys_region.id"), comment="所属区市")
    password_hash: Mapped[str] = mapped_column(String(200), comment="口令摘要(Argon2id)")
    active: Mapped[bool] = mapped_column(Boolean, default=True, comment="是否启用")
    demo: Mapped[bool] = mapped_column(Boolean, default=False, comment="是否演示账号")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="建立时刻(UTC)")
    theme: Mapped[str] = mapped_column(String(8), default="", comment="界面明暗")


class UserSession(Base):
    """会话: one log-in; the cookie carries a random token of which only the digest is kept."""

    __tablename__ = "sys_user_session"
    __table_args__ = (Index("ix_sys_user_session_user", "user_id"), {"comment": "会话"})

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True, comment="令牌摘要(SHA-256)")
    user_id: Mapped[int] = mapped_column(ForeignKey("sys_user.id"), comment="账号")
    csrf_token: Mapped[str] = mapped_column(String(64), comment="防跨站令牌")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="登录时刻(UTC)")
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="最近请求时刻(UTC)")
    address: Mapped[str] = mapped_column(String(60), default="", comment="来源地址")


class LoginAttempt(Base):
    """登录记录: who tried to log in from where, and with what result."""

    __tablename__ = "sys_login_attempt"
    __table_args__ = (Index("ix_sys_login_attempt_user", "username", "at"), {"comment": "登录记录"})

    id: Mapped[identity]
    username: Mapped[str] = mapped_column(String(60), comment="用户名")
    address: Mapped[str] = mapped_column(String(60), comment="来源地址")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="时刻(UTC)")
    result: Mapped[str] = mapped_column(
        String(16),
        comment="结果",
        info={
            "codes": {"ok": "成功", "wrong": "口令错误", "locked": "已锁定", "limited": "过于频繁", "reset": "重设口令"}
        },
    )
