// Security keys and passkeys: asks the browser for what the server wants, and sends the answer.
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const SENTENCES = {
    InvalidStateError: "このセキュリティキーは、すでに登録されています。",
    NotAllowedError: "確認が取り消されたか、時間内に終わりませんでした。もう一度お試しください。",
    SecurityError: "このアドレスではセキュリティキーを使えません。正式なアドレスで開き直してください。",
  };

  /** The server's JSON with its identifiers as the bytes that browsers want. */
  function decoded({ publicKey }) {
    const known = (list) => (list ?? []).map((entry) => ({ ...entry, id: bytes(entry.id) }));
    const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
    if (options.user) options.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) options.excludeCredentials = known(options.excludeCredentials);
    if (options.allowCredentials) options.allowCredentials = known(options.allowCredentials);
    return options;
  }

  /** What a key answered, as JSON. */
  function encoded(credential) {
    const response = {};
    for (const part of ["attestationObject", "clientDataJSON", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      extensions: credential.getClientExtensionResults(),
    });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[data-passkey-problem]");
    const say = (sentence) => {
      problem.textContent = sentence;
      problem.hidden = false;
    };

    // Before the lock against double sending, which must not hold while the key is still asked.
    form.addEventListener("submit", async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      event.stopPropagation();
      problem.hidden = true;
      if (!window.PublicKeyCredential) {
        say("このブラウザーではセキュリティキーを使えません。");
        return;
      }
      try {
        const publicKey = decoded(JSON.parse(form.dataset.options));
        const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
        form.elements.credential.value = encoded(credential);
        form.requestSubmit();
      } catch (error) {
        say(SENTENCES[error.name] ?? "セキュリティキーを使えませんでした。もう一度お試しください。");
      }
    });
  }
})();
