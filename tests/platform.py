"""A unified identity platform on the loopback: OpenID Connect with PKCE, and what a hostile one may send."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from core.ids import new_token

CLIENT, SECRET = "yaozheng", "a secret of the tests"


@lru_cache(maxsize=1)
def made_key() -> RSAKey:
    """Return the platform's key, made once: making one takes a while."""
    return RSAKey.generate_key(2048, {"kid": "k1"})


@dataclass
class Platform:
    """The platform: who is signed in there (``claims``), and how it misbehaves."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "person-1", "name": "李某"})
    change: Callable[[dict[str, Any]], object] = lambda claims: None
    sign: Callable[[dict[str, Any]], str] | None = None
    discovery: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    key: RSAKey = field(default_factory=made_key)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    exchanges: int = 0

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
            **self.discovery,
        }

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.claims
        self.change(claims)
        return self.sign(claims) if self.sign else self.signed(claims)

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key or self.key)

    def exchange(self) -> tuple[dict[str, Any], int]:
        self.exchanges += 1
        asked = self.codes.pop(request.form.get("code", ""), None)
        who = request.authorization
        is_client = who is not None and (who.username, who.password) == (CLIENT, SECRET)
        verifier = request.form.get("code_verifier", "")
        if not is_client:
            return {"error": "invalid_client"}, 401
        is_same = asked is not None and request.form.get("redirect_uri") == asked["redirect_uri"]
        if asked is None or not is_same or create_s256_code_challenge(verifier) != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        return {"access_token": new_token(), "token_type": "Bearer", "id_token": self.id_token(asked)}, 200


def _application(platform: Platform) -> Flask:
    app = Flask("platform")

    @app.get("/.well-known/openid-configuration")
    def discover() -> Any:
        return jsonify(platform.document())

    @app.get("/keys")
    def keys() -> Any:
        return jsonify({"keys": [platform.key.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        asked = request.args.to_dict()
        assert asked["code_challenge_method"] == "S256"
        code = new_token()
        platform.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": platform.issuer} | platform.answer
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")

    @app.post("/token")
    def token() -> Any:
        return platform.exchange()

    return app


@contextmanager
def running() -> Iterator[Platform]:
    """Serve a platform on a free port of the loopback."""
    platform = Platform()
    server = make_server("127.0.0.1", 0, _application(platform), threaded=True)
    platform.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield platform
    server.shutdown()
    thread.join()
    server.server_close()
