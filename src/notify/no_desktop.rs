//! Stands for the desktop in a build without it; the configuration refuses to switch it on.

use super::news::News;
use super::{Desk, Trouble};

#[derive(Default)]
pub(super) struct Desktop {}

impl Desktop {
    pub(super) async fn tell(&self, _: &Desk, _: &News) -> Result<(), Trouble> {
        Err(Trouble::lasting(
            "this atena was built without desktop notifications, build with --features desktop-notify",
            "この atena にはデスクトップ通知機能がありません。--features desktop-notify を付けてビルドしてください",
        ))
    }
}
