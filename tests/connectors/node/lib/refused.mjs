// Who could not be written, and why: ids and codes only, since messages of vendors quote people's data.

export class Refused {
  #reasons = new Map();

  add(contactId, error) {
    if (!isAboutContent(error)) throw error;
    if (!this.#reasons.has(contactId)) this.#reasons.set(contactId, codeOf(error));
  }

  has(contactId) {
    return this.#reasons.has(contactId);
  }

  ids() {
    return [...this.#reasons.keys()];
  }

  get size() {
    return this.#reasons.size;
  }

  tell() {
    for (const [id, why] of this.#reasons) console.error(`refused: ${id} ${why}`);
  }
}

// Everything else (no permission, a limit, a server in trouble) concerns all people: the run stops.
export function isAboutContent(error) {
  return [400, 404, 409, 422].includes(error?.code);
}

export function codeOf(error) {
  const body = error?.body ?? {};
  const first = Array.isArray(body.errors) ? body.errors[0]?.code : undefined;
  return [error?.code ?? error?.errorCode ?? error?.name, body.category, first].filter(Boolean).join(' ');
}
