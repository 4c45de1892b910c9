/* SPDX-License-Identifier: MIT */
#include "harness/dut/blame.h"

static const struct phrase phrases[DUT_BLAMES] = {
    [DUT_BLAME_INIT] = {"refuses to start: its init returned an error", "拒绝启动：init返回错误"},
    [DUT_BLAME_SPINS] = {"keeps asking to be run at once", "反复要求立即再次运行"},
    [DUT_BLAME_CALLS] = {"never stops calling its host within one call",
                         "在一次调用内无休止地调用宿主函数"},
    [DUT_BLAME_MODE] =
        {"changed the floating-point mode or the locale of the process that it runs in",
         "更改了所在进程的浮点模式或区域设置"},
    [DUT_BLAME_OUTSIDE] = {"called its host while it was not called itself (a thread, or an exit "
                           "handler): dut.h allows that only from within its functions",
                           "在自身未被调用时调用了宿主函数（线程或退出处理程序）：dut."
                           "h只允许在其函数内调用"},
    [DUT_BLAME_INPUT] = {"read an input that does not exist", "读取了不存在的输入"},
    [DUT_BLAME_OUTPUT] = {"set an output that does not exist", "设置了不存在的输出"},
    [DUT_BLAME_SWITCH] = {"set an output that is 0 or 1 to another value",
                          "将只取0或1的输出设为其他值"},
    [DUT_BLAME_NET] = {"sent on a CAN network that does not exist", "在不存在的CAN网络上发送"},
    [DUT_BLAME_LINE] = {"wrote to a serial line that does not exist", "向不存在的串行线路写入"},
    [DUT_BLAME_FRAME] = {"sent a frame of more than 8 bytes, or with an identifier of more than 29 "
                         "bits",
                         "发送的帧超过8字节，或标识符超过29位"},
    [DUT_BLAME_BEHIND] = {"wrote behind its instance: it overran it, or its instance_size is too "
                          "small",
                          "写到了其实例之后：越界，或instance_size过小"},
    [DUT_BLAME_BEFORE] = {"wrote before its instance", "写到了其实例之前"},
    [DUT_BLAME_LEFT] = {"left processes running when the case had ended",
                        "在用例结束后留下了仍在运行的进程"},
    [DUT_BLAME_LETTER] = {"tampered with its connection to the bench", "篡改了与测试台的连接"},
    [DUT_BLAME_RESULT] = {"wrote where the case reports its result",
                          "向用例上报结果的通道写入了数据"},
};

struct phrase dut_blame_phrase(int blame) {
    return blame > DUT_BLAME_NONE && blame < DUT_BLAMES ? phrases[blame] : (struct phrase){0};
}
