// Passkeys: a form with data-passkey asks the device, puts its answer into the hidden field and sends the form.
(() => {
  "use strict"

  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"))
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
  }
  const toText = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer))
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
  }
  const named = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }))

  const create = async (options, form) => {
    const asked = { ...options.publicKey, challenge: toBytes(options.publicKey.challenge) }
    asked.user = { ...asked.user, id: toBytes(asked.user.id) }
    asked.excludeCredentials = named(asked.excludeCredentials)
    const alone = form.elements.passwordless?.checked
    asked.authenticatorSelection = { ...asked.authenticatorSelection, residentKey: alone ? "required" : "discouraged",
      requireResidentKey: Boolean(alone), ...(alone ? { userVerification: "required" } : {}) }
    const made = await navigator.credentials.create({ publicKey: asked })
    return { ...answer(made), response: { clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject), transports: made.response.getTransports?.() || [] } }
  }

  const get = async (options) => {
    const asked = { ...options.publicKey, challenge: toBytes(options.publicKey.challenge) }
    asked.allowCredentials = named(asked.allowCredentials)
    const shown = await navigator.credentials.get({ publicKey: asked })
    const user = shown.response.userHandle
    return { ...answer(shown), response: { clientDataJSON: toText(shown.response.clientDataJSON),
      authenticatorData: toText(shown.response.authenticatorData), signature: toText(shown.response.signature),
      userHandle: user ? toText(user) : null } }
  }

  const answer = (credential) => ({ id: credential.id, rawId: toText(credential.rawId), type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults() })

  const optionsOf = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options)
    const reply = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } })
    return (await reply.json()).request_options
  }

  const ask = async (form) => {
    const trouble = form.querySelector("[data-passkey-trouble]")
    trouble.hidden = true
    try {
      const options = await optionsOf(form)
      const credential = await (form.dataset.passkey === "create" ? create(options, form) : get(options))
      form.elements.credential.value = JSON.stringify(credential)
      form.submit()
    } catch {
      // The person closed the device's question, or the device has no key for this site.
      trouble.hidden = false
    }
  }

  if (!window.PublicKeyCredential || !navigator.credentials) return
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false
    form.addEventListener("submit", (event) => {
      if (form.elements.credential.value) return
      event.preventDefault()
      ask(form)
    })
  }
})()
