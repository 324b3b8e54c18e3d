// A mail comes while the list is open; it is looked at, ticked, sent, and arrives as it was written.
import assert from "node:assert/strict";
import { arrived, enter, hand, openMail, picture, row, script, tickAll, told } from "./desk.mjs";
import { japanese, slip } from "./mails.mjs";

await script(async (browser, step) => {
  step("an empty list says how to begin");
  const page = await enter(browser);
  await page.getByText("No mail was ever kept here").waitFor();
  await picture(page, "welcome");

  step("a mail appears without loading the page again");
  await page.evaluate(() => { window.sameDocument = true; });
  const mail = slip();
  await hand(mail);
  await row(page, mail.subject).waitFor();
  await hand(japanese());
  await row(page, japanese().subject).waitFor();
  assert.ok(await page.evaluate(() => window.sameDocument), "it was not loaded again");
  assert.match(await page.title(), /^\(2\)/, "the title counts those that wait");
  assert.match(await row(page, mail.subject).innerText(), /Alder Biosciences Ltd[\s\S]*Error/);
  await picture(page, "list");

  step("it can be sent once everything is ticked");
  await openMail(page, mail.subject);
  await picture(page, "mail");
  const send = page.getByRole("button", { name: "Send", exact: true });
  const boxes = await page.locator("input[name=tick]").all();
  assert.equal(boxes.length, 3, "one organisation and two errors");
  for (const box of boxes) {
    assert.ok(await send.isDisabled(), "something is still to tick");
    await box.check();
  }
  assert.ok(await send.isEnabled());
  await boxes[0].uncheck();
  assert.ok(await send.isDisabled(), "a tick can be taken away");

  step("a browser that does not look at the boxes is sent back by the server");
  const refused = await page.evaluate(async () => {
    const form = document.getElementById("send");
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    return { status: answer.status, text: await answer.text() };
  });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /Please tick first/);

  step("it arrives after the time to undo");
  await tickAll(page);
  await send.click();
  await told(page, "The mail goes out.");
  const mails = await arrived(1);
  assert.equal(mails.length, 1);
  assert.equal(mails[0].raw, mail.raw.toString("latin1"), "octet by octet");
  assert.deepEqual(mails[0].recipients, mail.to);

  step("nothing offers to undo what is gone");
  await page.getByRole("button", { name: "Undo" }).waitFor({ state: "detached" });
  await page.goto(page.url().split("?")[0] + "?show=done");
  await row(page, mail.subject).locator("a.open").click();
  await page.getByText("The text is gone").waitFor();
  assert.equal(await page.getByRole("button", { name: /Send|Take back|Drop/ }).count(), 0);
  await picture(page, "sent");
});
