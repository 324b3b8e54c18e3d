// Where a reason is asked for, a mail with an error goes with one only, and it stays in the record.
import assert from "node:assert/strict";
import { atena, enter, hold, openMail, script, stored, tickAll, told } from "./desk.mjs";
import { slip } from "./mails.mjs";

await script(async (browser, step) => {
  const mail = slip();
  const id = await hold(mail);
  const page = await enter(browser);
  await openMail(page, mail.subject);
  const send = page.getByRole("button", { name: "Send", exact: true });

  step("ticks alone do not do");
  await tickAll(page);
  assert.ok(await send.isDisabled());
  const { status, text } = await page.evaluate(async () => {
    const form = document.getElementById("send");
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    return { status: answer.status, text: await answer.text() };
  });
  assert.equal(status, 422);
  assert.match(text, /Please say why it may go all the same/);
  assert.equal((await stored("held")).length, 1);

  step("with a reason it goes, and the reason is kept");
  await page.getByLabel("Why it may go").fill("Sarah is his assistant");
  await send.click();
  await told(page, "The mail goes out.");
  assert.match((await atena("held", "show", id)).text, /Sarah is his assistant/);
});
