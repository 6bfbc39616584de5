// The REST API with the session's tokens.
//
// The access token lives in memory only. The refresh token does too while the page lives; it is put
// into sessionStorage when the page is left and taken out when it comes back, so that a reload does
// not log out. It is never there while two pages could have it: a refresh token works once, and a
// duplicated tab that used the same one again would end the session of both.

const STORED = "wellhead.refresh";

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export class Api {
  #access = null;
  #refresh = null;
  #refreshing = null;
  #timer = 0;
  #ended;

  // ended: called when the session is over and only a new login helps
  constructor(ended) {
    this.#ended = ended;
    this.#takeStored();
    addEventListener("pagehide", () => {
      if (this.#refresh) sessionStorage.setItem(STORED, this.#refresh);
    });
    addEventListener("pageshow", () => sessionStorage.removeItem(STORED));
  }

  get canResume() {
    return this.#refresh !== null;
  }

  async login(email, password) {
    this.#keep(await this.#send("POST", "/api/v1/auth/login", { email, password }));
  }

  async logout() {
    try {
      await this.post("/api/v1/auth/logout", {});
    } finally {
      this.forget();
    }
  }

  forget() {
    clearTimeout(this.#timer);
    this.#access = this.#refresh = null;
    sessionStorage.removeItem(STORED);
  }

  async get(path) {
    return (await this.#call("GET", path)).data;
  }

  async post(path, body) {
    return (await this.#call("POST", path, body)).data;
  }

  async patch(path, body) {
    return (await this.#call("PATCH", path, body)).data;
  }

  // Every record of a list, page by page, up to `limit`; the number there are in all beside them.
  async list(path, limit) {
    const records = [];
    for (let page = 1; ; page += 1) {
      const join = path.includes("?") ? "&" : "?";
      const answer = await this.#call("GET", `${path}${join}page=${page}&per_page=500`);
      records.push(...answer.data);
      const total = answer.meta?.total ?? records.length;
      if (records.length >= Math.min(total, limit) || answer.data.length === 0) {
        return { records: records.slice(0, limit), total };
      }
    }
  }

  async #call(method, path, body) {
    if (!this.#access) await this.#renew();
    try {
      return await this.#request(method, path, body);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    await this.#renew();
    try {
      return await this.#request(method, path, body);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.#end();
      throw error;
    }
  }

  // One refresh at a time, whoever asks.
  #renew() {
    this.#refreshing ??= this.#renewNow().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #renewNow() {
    if (!this.#refresh) {
      this.#end();
      throw new ApiError(401, "token_missing", "Log in to see the values");
    }
    try {
      this.#keep(
        await this.#send("POST", "/api/v1/auth/refresh", { refresh_token: this.#refresh }),
      );
    } catch (error) {
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) this.#end();
      throw error;
    }
  }

  #keep(answer) {
    const { access_token: access, refresh_token: refresh, expires_in: seconds } = answer.data;
    this.#access = access;
    this.#refresh = refresh;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#renew().catch(() => {}), seconds * 800);
  }

  #end() {
    this.forget();
    this.#ended();
  }

  #takeStored() {
    this.#refresh = sessionStorage.getItem(STORED);
    sessionStorage.removeItem(STORED);
  }

  #request(method, path, body) {
    return this.#send(method, path, body, { Authorization: `Bearer ${this.#access}` });
  }

  async #send(method, path, body, headers = {}) {
    const options = { method, headers: { Accept: "application/json", ...headers } };
    if (body !== undefined) {
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    const response = await fetch(path, { ...options, cache: "no-store" });
    const answer = await response.json().catch(() => null);
    if (!response.ok || !answer?.success) {
      const error = answer?.error;
      throw new ApiError(
        response.status,
        error?.code ?? "unreadable",
        error?.message ?? `The server answered ${response.status}`,
      );
    }
    return answer;
  }
}
