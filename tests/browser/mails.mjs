// The mails of the scripts; people and places are invented.
const crlf = (lines) => Buffer.from(lines.join("\r\n") + "\r\n");

function plain({ to, cc, bcc, subject, text, id, type = "text/plain; charset=utf-8" }) {
  const word = /^[\x20-\x7e]*$/.test(subject) ? subject : `=?utf-8?B?${Buffer.from(subject).toString("base64")}?=`;
  const fields = [
    "From: Mariko Ogawa <ogawa@minato.example>", `To: ${to.join(", ")}`,
    ...(cc ? [`Cc: ${cc.join(", ")}`] : []),
    `Subject: ${word}`, "Date: Wed, 14 Oct 2026 10:02:00 +0900", `Message-ID: <${id}@minato.example>`,
    "MIME-Version: 1.0", `Content-Type: ${type}`, "Content-Transfer-Encoding: 8bit", "",
  ];
  const address = (one) => one.match(/<(.*)>/)?.[1] ?? one;
  return { subject, raw: crlf([...fields, ...text]), to: [...to, ...(cc ?? []), ...(bcc ?? [])].map(address) };
}

export const ROBERT = "Robert Hale <robert.hale@alderbio.example>";
const SATO = "=?utf-8?B?5L2Q6JekIOWBpeS4gA==?= <k-sato@aoba.example>";

/// Greets somebody else and promises a file.
export const slip = (id = "slip") => plain({
  id, to: [ROBERT], subject: `Quotation for the spring order (${id})`,
  text: ["Dear Sarah,", "", "Thank you for your call on Monday. Please find the quotation for the spring order attached.",
    "We can deliver the first half within two weeks, the rest by the end of November.",
    "", ".a line with a dot, trailing spaces   ", "", "Best regards,", "Mariko Ogawa"],
});

/// What the picture in the README shows.
export const shown = () => plain({
  id: "shown", to: [ROBERT], cc: ["Naomi Ueda <ueda@minato.example>"], subject: "Quotation for the spring order",
  text: ["Dear Sarah,", "", "Thank you for your call on Monday. Please find the quotation attached.",
    "We can deliver the first half within two weeks.", "", "Best regards,", "Mariko Ogawa"],
});

/// To two organisations, and to one person nobody else sees.
export const shared = (id = "shared") => plain({
  id, to: [ROBERT], cc: [SATO], bcc: ["archive@minato.example", "mika@aoba.example"], subject: `Prices for 2027 (${id})`,
  text: ["Dear Sarah,", "", "These are the prices we agreed on. The price list is attached.", "", "Best regards,", "Mariko Ogawa"],
});

export const japanese = (id = "ja") => plain({
  id, to: [SATO], subject: `春のご注文のお見積書 ${id}`,
  text: ["株式会社青葉精機", "総務部　加藤様", "", "いつもお世話になっております。湊商事の小川です。", "お見積書を添付いたします。ご確認をお願いいたします。",
    "", "小川 真理子"],
});

/// Promises thirty files, one after the other, to thirty people at thirty places.
export const endless = () => plain({
  id: "endless", subject: "Thirty things",
  to: Array.from({ length: 30 }, (_, n) => `Guest Number${n} <guest@a-rather-long-name-of-a-customer-${n}.example>`),
  text: ["Dear Sarah,", "", ...Array.from({ length: 30 }, (_, n) =>
    `${n + 1}. On Friday, ${n % 28 + 1} September 2026 the card 4111 1111 1111 1111 of {{name${n}}} is charged; the file is attached.`),
    "", "averylongwordwithoutanyspace".repeat(12), "", "Best regards,", "Mariko Ogawa"],
});

/// HTML that tries everything; `trap` is a server that nobody should ask.
export function hostile(trap) {
  const html = `<!doctype html><html><head><title>x</title><base href="${trap}/base/">
<meta http-equiv="refresh" content="0;url=${trap}/refresh"><link rel="stylesheet" href="${trap}/style.css">
<link rel="preconnect" href="${trap}"><script src="${trap}/script.js"></script><script>alert("script");fetch("${trap}/fetch")</script>
<style>@import "${trap}/import.css"; @font-face{font-family:f;src:url(${trap}/font)} body{background:url(${trap}/bg)} p{font-family:f}</style></head>
<body onload="alert('load')" background="${trap}/body"><p>Dear <b title="Dear Sarah, the quotation is attached.">Sa</b>rah, the quotation is attached.</p>
<!-- Dear Sarah, the quotation is attached. --><p hidden>Dear Sarah, the quotation is attached.</p><img src="${trap}/pixel.gif"><img src=x onerror="alert('error')"><img srcset="${trap}/set.gif 2x"><picture><source srcset="${trap}/source.gif"></picture>
<video src="${trap}/video" poster="${trap}/poster" autoplay></video><audio src="${trap}/audio" autoplay></audio>
<iframe src="${trap}/frame"></iframe><object data="${trap}/object"></object><embed src="${trap}/embed">
<form id="f" action="${trap}/form"><input name="password" autofocus onfocus="alert('focus')"><button>Confirm</button></form>
<a id="js" href="javascript:alert('link')">script</a> <a id="data" href="data:text/html,<script>alert(1)</script>">data</a>
<a id="out" href="${trap}/out" target="_top" ping="${trap}/ping">outside</a> <a id="act" href="/mail/x/send">act</a>
<div style="position:fixed;inset:0;background:url('${trap}/inline')">over everything</div>
<p style="background:u\\72l(${trap}/escaped)">x</p><svg onload="alert('svg')"><image href="${trap}/svg"/><use href="${trap}/use#x"/></svg>
<math><mtext><style><img src=x onerror="alert('math')"></style></mtext></math><noscript><p title="</noscript><img src=x onerror=alert('noscript')>"></noscript>
</body></html>`;
  return plain({ id: "hostile", to: [ROBERT], subject: "<script>alert('subject')</script> Offer", type: "text/html; charset=utf-8", text: html.split("\n") });
}
