// A message as the template shows it: every text is ready, nothing is left to decide but how it looks.

const { showTime } = require("../core/words.js");

const LONG_QUOTE = 160;
const KNOWN = ["paragraph", "list", "steps", "table", "choices", "card", "field", "file", "entry", "notice"];
/** What templates repeat gets ids: two items may read alike. */
const PARTS = { list: "items", steps: "items", card: "lines" };
const HANDED_IN = "submitted";

/**
 * @param {any} message as the API gives it
 * @param {{words: import("../core/words.js").Words, now: number, canAlert: boolean}} context
 */
function present(message, { words, now, canAlert }) {
  const blocks = message.blocks && message.blocks.length ? message.blocks : [{ type: "paragraph", text: message.text }];
  const answer = message.answer || {};
  return {
    seq: message.seq,
    id: `m-${message.seq}`,
    role: message.role,
    who: whoOf(message, words),
    time: showTime(message.at, now, words),
    isMine: message.role === "applicant",
    label: message.role === "assistant" ? words.t("mp.by_machine") : "",
    blocks: blocks.filter((one) => one.type !== "citation").map((one, at) => blockOf(one, message, at, words)).filter(Boolean),
    sources: sourcesOf(blocks, answer, message.seq, words),
    choices: (message.choices || []).map(({ payload_id, label }) => ({ payload_id, label })),
    canJudge: Boolean(answer.trace_id) && /^answered(_partly)?$/.test(answer.status),
    canRate: Boolean(message.handoff && message.handoff.state === "closed"),
    assist: assistOf(message),
    copyText: message.role === "assistant" && message.answer ? marked(message, words) : "",
    progress: progressOf(message, words),
    alertFor: canAlert && message.filing && message.filing.state === HANDED_IN ? message.filing.filing_id : "",
  };
}

/** What is copied: the answer, that a machine made it, and the code by which it can be verified. */
function marked(message, words) {
  const number = message.answer.receipt_code;
  return [message.text, words.t("tools.mark"), ...(number ? [words.t("tools.receipt", { number })] : [])].join("\n");
}

function whoOf(message, words) {
  const named = message.role === "officer" && message.handoff && message.handoff.officer_name;
  return named || words.t(`role.${message.role}`);
}

function blockOf(block, message, at, words) {
  const id = `${message.seq}-${at}`;
  if (KNOWN.indexOf(block.type) < 0) {
    return block.text ? { id, type: "paragraph", text: block.text } : null;
  }
  const shown = Object.assign({}, block, { id });
  if (block.type === "notice") {
    shown.levelText = words.t(`level.${block.level}`);
  }
  if (block.type === "entry") {
    shown.going = (message.choices || [])[block.choice] || null;
  }
  const parts = PARTS[block.type];
  if (parts) {
    shown[parts] = block[parts].map((one, place) => Object.assign({ id: place }, typeof one === "string" ? { text: one } : one));
  }
  if (block.type === "table") {
    shown.rows = block.rows.map((cells, row) => ({ id: `${id}-${row}`, cells: cells.map((text, column) => ({
      id: `${row}-${column}`, text: text || words.t("mp.empty"), column: block.columns[column] })) }));
  }
  return shown;
}

function sourcesOf(blocks, answer, seq, words) {
  const cited = blocks.filter((one) => one.type === "citation");
  const found = cited.length ? cited : (answer.citations || []).map((one, at) => Object.assign({ n: at + 1 }, one));
  return found.map((one, at) => citationOf(one, `${seq}-c${at}`, words));
}

/** A citation: law and article, the quoted words, number, date, where to read on. */
function citationOf(found, id, words) {
  const quote = found.quote || "";
  const isLong = quote.length > LONG_QUOTE;
  return {
    id,
    n: found.n,
    title: found.name || `${words.t("law", { title: found.title })} ${found.article_label || ""}`.trim(),
    summary: found.summary || "",
    note: found.note || "",
    quote,
    short: isLong ? `${quote.slice(0, LONG_QUOTE)}…` : quote,
    isLong,
    number: found.document_number || "",
    effective: found.effective_from ? words.t("effective", { date: words.date(found.effective_from) }) : "",
    status: words.has(`law_status.${found.status}`) ? words.t(`law_status.${found.status}`) : "",
    isOld: found.status === "superseded",
    url: /^https?:\/\//.test(found.url || "") ? found.url : "",
  };
}

/** What an officer asks of the person in an assisted session. */
function assistOf(message) {
  const found = message.handoff && message.handoff.assist;
  if (!found) {
    return null;
  }
  const isProposal = found.state === "proposed";
  return {
    state: found.state,
    isAsked: found.state === "requested" || isProposal,
    isProposal,
    key: isProposal || found.proposal_id ? `${found.proposal_id}` : "consent",
    path: `/filings/${found.filing_id}/${isProposal ? `proposals/${found.proposal_id}` : "assistance"}`,
  };
}

function progressOf(message, words) {
  const { answered, total } = message.filing || {};
  return total ? { text: words.t("mp.progress", { done: answered, total }), percent: Math.round((100 * answered) / total) } : null;
}

/** Whether a call was asked for and not made yet. */
function hasCall(handoff) {
  return Boolean(handoff && handoff.callback && handoff.callback.state === "waiting");
}

/** Say in one line who is in charge now. */
function ownerLine(owner, handoff, words, now) {
  if (owner === "queue" && handoff && hasCall(handoff)) {
    return words.t("owner.callback", { at: showTime(handoff.callback.due_by, now, words) });
  }
  if (owner === "queue" && handoff && handoff.is_open_hours !== false && handoff.is_staffed === false) {
    return words.t("owner.unstaffed", { position: handoff.position || 1 });
  }
  if (owner === "queue" && handoff) {
    const minutes = Math.max(1, Math.ceil((handoff.expected_wait_s || 60) / 60));
    return handoff.is_open_hours === false ? words.t("owner.after_hours")
      : words.t("owner.queue", { position: handoff.position || 1, minutes });
  }
  if (owner === "officer") {
    const name = handoff && handoff.officer_name;
    return name ? words.t("owner.officer_named", { name }) : words.t("owner.officer");
  }
  return words.t("owner.bot");
}

/** The conversation as plain text, with what it is and what it is not. */
function transcript(messages, words, now, at) {
  const lines = messages.map((message) => {
    const label = message.role === "assistant" ? ` (${words.t("mp.by_machine")})` : "";
    return `[${showTime(message.at, now, words)}] ${whoOf(message, words)}${label}\n${message.text}`;
  });
  return [words.t("mp.transcript_head", { at }), ...lines, words.t("caution")].join("\n\n");
}

module.exports = { LONG_QUOTE, hasCall, ownerLine, present, transcript };
