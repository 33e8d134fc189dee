// Calls of the HTTP API. Failures are `ApiError`s: `status` 0 means that nothing was reached.

import { API, csrfToken, t } from "./page.js";

const SLOW_MS = 35000; // longer than any call waits on purpose; files take as long as they take

export class ApiError extends Error {
  constructor(status, message, { code = "", retryAfterS = 0 } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }

  /** Whether the same call may succeed later. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Call the API with JSON or form data. `token` is a conversation's; without it the session's CSRF token goes along. */
export async function call(method, path, { body, token, signal } = {}) {
  const headers = { Accept: "application/json" };
  const isForm = body instanceof FormData;
  const isJson = body !== undefined && !isForm;
  if (isJson) {
    headers["Content-Type"] = "application/json";
  }
  if (token) {
    headers.Authorization = `Bearer ${token}`;
  }
  if (csrfToken() && method !== "GET") {
    headers["X-CSRF-Token"] = csrfToken();
  }
  const aborter = new AbortController();
  const abort = () => aborter.abort();
  const timer = isForm ? 0 : setTimeout(abort, SLOW_MS);
  signal?.addEventListener("abort", abort);
  try {
    return await read(await fetch(`${API}${path}`, {
      method, headers, signal: aborter.signal, credentials: "same-origin", body: isJson ? JSON.stringify(body) : body,
    }));
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) {
      throw error;
    }
    throw new ApiError(0, t("unreachable"));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function read(response) {
  let content;
  try {
    content = await response.json();
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new ApiError(response.ok ? 0 : response.status, t("unreachable"));
  }
  if (response.ok) {
    return content;
  }
  const found = content.error ?? {};
  throw new ApiError(response.status, found.message ?? t("unreachable"), {
    code: found.code ?? "", retryAfterS: Number(response.headers.get("Retry-After")) || 0,
  });
}

/** Wait a while. */
export function pause(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
