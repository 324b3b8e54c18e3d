// Questions of a client and of a kind of mail are boxes to tick, and nothing goes without them.
import assert from "node:assert/strict";
import { enter, hold, openMail, script, stored, tickAll, told } from "./desk.mjs";
import { slip } from "./mails.mjs";

await script(async (browser, step) => {
  const mail = slip();
  await hold(mail);
  const page = await enter(browser);
  await openMail(page, mail.subject);
  const send = page.getByRole("button", { name: "Send", exact: true });

  step("a client's question stands beside its recipients, one of the kind by itself");
  const approved = page.locator(".house").getByLabel("Price list approved by Ogawa?");
  const prices = page.getByLabel("今月の価格表か");
  await approved.waitFor();
  await tickAll(page);

  step("the server wants both answered");
  for (const box of [approved, prices]) {
    await box.uncheck();
    assert.ok(await send.isDisabled());
    const { status, text } = await page.evaluate(async () => {
      const form = document.getElementById("send");
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      return { status: answer.status, text: await answer.text() };
    });
    assert.equal(status, 422);
    assert.match(text, /Please tick first:/);
    await box.check();
  }
  assert.equal((await stored("held")).length, 1);

  step("answered, the mail goes");
  await send.click();
  await told(page, "The mail goes out.");
});
