// The program ends and begins again, and another process holds the database: pages go on, and nothing is lost.
import assert from "node:assert/strict";
import { arrived, ask, enter, hand, hold, openMail, origin, picture, row, scene, script, stored, tickAll, told } from "./desk.mjs";
import { slip } from "./mails.mjs";

await script(async (browser, step) => {
  const [mail, later] = [slip("before"), slip("after")];
  await hold(mail);
  const page = await enter(browser);
  const list = await page.context().newPage();
  await openMail(page, mail.subject);
  await list.goto(origin);
  await list.evaluate(() => { window.sameDocument = true; });
  await tickAll(page);

  step("an open page survives a restart, with what was ticked");
  Object.assign(scene, await ask("restart"));
  assert.equal(new URL(scene.link).origin, origin);
  await hand(later);
  await row(list, later.subject).waitFor();
  assert.ok(await list.evaluate(() => window.sameDocument), "it found its way back by itself");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await told(page, "The mail goes out.");
  assert.equal((await arrived(1))[0].raw, mail.raw.toString("latin1"));

  step("a locked database is told, and nothing is lost");
  await openMail(page, later.subject);
  await tickAll(page);
  await page.getByText("Note, later").click();
  await page.locator("input[name=reason]").fill("Sarah is Robert's assistant");
  await ask("lock");
  const [answer] = await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === "POST"),
    page.getByRole("button", { name: "Send", exact: true }).click(),
  ]);
  assert.equal(answer.status(), 503);
  const notice = page.getByRole("alert");
  await notice.getByText("Nothing was changed; please try again").waitFor();
  assert.match(await notice.innerText(), /locked by another process/);
  await picture(page, "locked");
  await ask("unlock");
  await page.goBack();
  assert.equal((await stored("held")).length, 1, "still held");

  step("and then it goes");
  await tickAll(page);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await told(page, "The mail goes out.");
  assert.equal((await arrived(2))[1].raw, later.raw.toString("latin1"));
});
